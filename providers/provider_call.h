#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "providers/reply.h"
#include "reembed/base/result.h"
#include "reembed/ports/http.h"
#include "reembed/ports/provider.h"

// What all providers do alike around their own words.
namespace reembed {

/// `https://api.openai.com/v1/` → `https://api.openai.com/v1`.
std::string WithoutTrailingSlashes(std::string_view url);

/// `https://user@api.openai.com/v1` → `api.openai.com:443`; a user name is left out.
std::string HostAndPort(std::string_view url);

/// The value of a variable or an option; empty when it is not set.
std::string SettingOf(const ProviderSettings& settings, std::string_view name);

/// Name, endpoint and what follows from the model: length, longest text, unit length. Fails with
/// kUsage when a length is asked for that the model cannot give.
Result<ProviderProperties> PropertiesOf(const ProviderContext& context);

/// True when the request must name the length: one is configured and the model accepts it.
bool AsksForDimensions(const ProviderContext& context);

/// One call. `explain` turns an answer without vectors into an Error; it may learn from it.
struct ProviderCall {
  std::string url;
  std::vector<HttpHeader> headers;
  std::string body;
  Millis timeout{0};
  std::size_t texts = 0;
  std::function<Error(const HttpResponse&)> explain;
};

/// Sends the call as a POST of JSON and reads the answer, vectors and quota headers. Messages begin
/// with `who`.
Result<EmbedReply> Exchange(const ProviderCall& call, const ReplyNames& names,
                            const ProviderContext& context, std::stop_token abort);

/// `openai at api.openai.com:443`.
std::string Who(const ProviderProperties& properties);

}  // namespace reembed
