// Whatever goes wrong in whatever order: a text ends with its right vector, or with an error, and
// with an error only when it is poisoned.
#include <limits>
#include <memory>
#include <random>
#include <set>

#include "tests/resilience/embedder_rig.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

using testing::Bad;
using testing::BatchOf;
using testing::EmbedderRig;
using testing::Failing;
using testing::FakeProvider;
using testing::Limited;

/// A server with a small limit, random faults and poisoned texts. One thread.
class FaultyServer {
 public:
  explicit FaultyServer(unsigned seed) : random_(seed), most_texts_(1 + Below(8)) {}

  std::size_t Below(std::size_t bound) { return random_() % bound; }

  std::set<std::string> refused;   // with 400
  std::set<std::string> crashing;  // with 500, every time

  Result<EmbedReply> operator()(const EmbedRequest& request) {
    if (request.texts.size() > most_texts_) return TooBig();
    for (std::size_t i = 0; i < request.texts.size(); ++i) {
      if (crashing.count(request.texts[i]) != 0) return Failing();
      if (refused.count(request.texts[i]) != 0) return Refusal(i);
    }
    return Faulty(FakeProvider::Right(request));
  }

 private:
  Error TooBig() {
    Error error{.kind = ErrorKind::kTooBig, .message = "422 too many inputs"};
    if (Below(2) == 0) {
      error.limit_unit = LimitUnit::kInputs;
      error.limit = most_texts_;
    }
    return error;
  }

  Error Refusal(std::size_t item) {
    Error error = Bad();
    if (Below(2) == 0) error.item = item;
    return error;
  }

  /// At most two faults in a row, since a text on its own has three attempts.
  Result<EmbedReply> Faulty(Result<EmbedReply> reply) {
    const std::size_t fault = faults_in_a_row_ < 2 ? Below(12) : 11;
    faults_in_a_row_ = fault < 8 ? faults_in_a_row_ + 1 : 0;
    switch (fault) {
      case 0:
        return Limited();
      case 1:
        return Limited(Millis(500));
      case 2:
        return Failing();
      case 3:
        return Error{.kind = ErrorKind::kUnreachable, .message = "reset"};
      case 4:
        return Error{.kind = ErrorKind::kAdapted, .message = "without base64 from now on"};
      case 5:
        reply->vectors.pop_back();
        return reply;
      case 6:
        reply->vectors.front()[0] = std::numeric_limits<float>::quiet_NaN();
        return reply;
      case 7:
        reply->vectors.back().resize(4 + Below(1000));
        return reply;
      default:
        return reply;
    }
  }

  std::mt19937 random_;
  std::size_t most_texts_;
  int faults_in_a_row_ = 0;
};

/// What EmbedderRig::Outcome gives when all is well.
std::string Expected(const std::vector<std::string>& texts, const FaultyServer& server) {
  std::string out;
  for (const std::string& text : texts) {
    out += server.refused.count(text) + server.crashing.count(text) != 0 ? 'x' : '+';
  }
  return out;
}

std::string RunScript(unsigned seed, std::string& expected) {
  EmbedderRig rig;
  FaultyServer server(seed);
  std::vector<std::string> texts;
  const std::size_t count = 2 + server.Below(20);
  for (std::size_t i = 0; i < count; ++i) texts.push_back("text " + std::to_string(i));
  for (std::size_t i = 0; i < 3; ++i)
    server.refused.insert("text " + std::to_string(server.Below(40)));
  server.crashing.insert("text " + std::to_string(server.Below(count)));
  expected = Expected(texts, server);
  rig.provider.Usually(std::ref(server));
  return rig.Outcome(texts);
}

TEST_CASE("property: random faults never cost a sound text its vector") {
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::string expected;
    const std::string outcome = RunScript(seed, expected);
    INFO("seed " << seed);
    CHECK(outcome == expected);
  }
}

}  // namespace
}  // namespace reembed
