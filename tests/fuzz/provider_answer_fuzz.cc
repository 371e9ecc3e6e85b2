// A byte that chooses the provider, one for the status, one for the number of texts, then the body.
#include <array>
#include <cmath>
#include <stdexcept>

#include "providers/google.h"
#include "providers/openai.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_clock.h"

using namespace reembed;

namespace {

// Gives every request the same answer.
class OneAnswer final : public HttpTransport {
 public:
  OneAnswer(int status, std::string_view body) : status_(status), body_(body) {}
  Result<HttpResponse> Send(const HttpRequest&, std::stop_token) override {
    return HttpResponse{.status = status_,
                        .headers = {{.name = "retry-after", .value = body_.substr(0, 40)}},
                        .body = body_};
  }

 private:
  int status_;
  std::string body_;
};

void CheckReply(const Result<EmbedReply>& reply, std::size_t texts) {
  if (!reply.ok()) {
    fuzz::RequireMessage(reply.error().message);
    fuzz::Require(reply.error().item.value_or(0) < texts, "a bad text is one of the request's");
    return;
  }
  fuzz::Require(reply->vectors.size() == texts, "a vector for each text");
  for (const Embedding& vector : reply->vectors) {
    for (const float x : vector) fuzz::Require(std::isfinite(x), "components are finite");
  }
}

ProviderSettings Settings(const ProviderSpec& spec) {
  ProviderSettings settings;
  settings.family = spec.family;
  settings.model = "model-1";
  settings.dimensions = 4;
  settings.base_url = spec.default_base_url;
  for (const VariableSpec& variable : spec.variables) {
    if (variable.secret)
      settings.secrets[variable.names.front()] = Secret(std::string(fuzz::kSecret));
  }
  for (const OptionSpec& option : spec.options) {
    settings.options[option.key] = option.default_value;
  }
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kStatuses = {200, 400, 401, 403, 404, 413, 422, 429, 500, 503, 302, 999};
  fuzz::Input input(data, size);
  const ProviderRegistration provider = input.Choice(2) == 0 ? OpenAi() : Google();
  const int status = kStatuses.at(input.Choice(kStatuses.size()));
  const std::vector<std::string> texts(1 + input.Choice(4), "text");
  OneAnswer http(status, input.Rest());
  testing::FakeClock clock;
  const ProviderSettings settings = Settings(provider.spec);
  auto made = provider.make({.settings = settings,
                             .model = nullptr,
                             .http = http,
                             .clock = clock,
                             .redact = fuzz::PlantedRedactor()});
  fuzz::Require(made.ok(), "the provider is made");
  // Twice: what was learned from the first answer must not break the second.
  for (int call = 0; call < 2; ++call) {
    CheckReply((*made)->Embed({.texts = texts, .task_type = "DOC"}, {}), texts.size());
  }
  return 0;
}
