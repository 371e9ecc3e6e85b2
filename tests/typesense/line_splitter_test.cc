#include "src/io/typesense/line_splitter.h"

#include <random>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

using Lines = std::vector<std::string>;

// Takes lines until the one that is named.
struct Taker {
  LineTaker taker = [this](std::string_view line) -> Status {
    lines.emplace_back(line);
    if (line == refused) return Error{.kind = ErrorKind::kLocal, .message = "refused"};
    return {};
  };
  Lines lines = {};
  std::string refused = "(none)";
};

Lines SplitAtOnce(const std::string& text) {
  Lines lines;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

std::string RandomText(std::mt19937& random) {
  std::string text;
  for (std::size_t i = random() % 400; i > 0; --i) {
    text += random() % 7 == 0 ? '\n' : static_cast<char>('a' + random() % 26);
  }
  return text;
}

TEST_CASE("line splitter: lines within a piece, and one over three") {
  LineSplitter splitter(100);
  Taker taker;
  REQUIRE(splitter.Add("one\ntwo\nth", taker.taker).ok());
  CHECK(taker.lines == Lines{"one", "two"});
  CHECK(splitter.held() == 2);
  REQUIRE(splitter.Add("r", taker.taker).ok());
  REQUIRE(splitter.Add("ee\nfour", taker.taker).ok());
  CHECK(taker.lines == Lines{"one", "two", "three"});
  REQUIRE(splitter.End(taker.taker).ok());
  CHECK(taker.lines == Lines{"one", "two", "three", "four"});
  CHECK(splitter.held() == 0);
}

TEST_CASE("line splitter: empty lines are lines, an empty end is none") {
  LineSplitter splitter(100);
  Taker taker;
  REQUIRE(splitter.Add("\n\na\n", taker.taker).ok());
  REQUIRE(splitter.End(taker.taker).ok());
  CHECK(taker.lines == Lines{"", "", "a"});
}

TEST_CASE("line splitter: any chunking gives the same lines") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string text = RandomText(random);
    LineSplitter splitter(1'000);
    Taker taker;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(random() % 40, text.size() - at);
      REQUIRE(splitter.Add(std::string_view(text).substr(at, size), taker.taker).ok());
      at += size;
    }
    REQUIRE(splitter.End(taker.taker).ok());
    CHECK(taker.lines == SplitAtOnce(text));
  }
}

TEST_CASE("line splitter: holds no more than a line, however long the text") {
  LineSplitter splitter(1'000'000);
  Taker taker;
  const std::string line(999, 'x');
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(splitter.Add(line.substr(0, 500), taker.taker).ok());
    REQUIRE(splitter.Add(line.substr(500) + "\n", taker.taker).ok());
    taker.lines.clear();
  }
  CHECK(splitter.most_held() == 999);
}

TEST_CASE("line splitter: a line without end is refused at the limit") {
  LineSplitter splitter(10);
  Taker taker;
  REQUIRE(splitter.Add("0123456789", taker.taker).ok());
  const Status refused = splitter.Add("a", taker.taker);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::kTransient);
  CHECK(refused.error().message == "a line is longer than 10 bytes");
  splitter.Clear();
  REQUIRE(splitter.Add("new\n", taker.taker).ok());
  CHECK(taker.lines == Lines{"new"});
}

TEST_CASE("line splitter: the taker's error comes back at once") {
  LineSplitter splitter(100);
  Taker taker;
  taker.refused = "b";
  const Status ended = splitter.Add("a\nb\nc\n", taker.taker);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().kind == ErrorKind::kLocal);
  CHECK(taker.lines == Lines{"a", "b"});
  LineSplitter other(100);
  REQUIRE(other.Add("b", taker.taker).ok());
  CHECK_FALSE(other.End(taker.taker).ok());
}

}  // namespace
}  // namespace reembed
