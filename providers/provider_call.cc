#include "providers/provider_call.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "providers/quota_headers.h"

namespace reembed {
namespace {

Error Prefixed(Error error, std::string_view prefix) {
  error.message = fmt::format("{}: {}", prefix, error.message);
  return error;
}

HttpRequest RequestOf(const ProviderCall& call) {
  HttpRequest request;
  request.method = "POST";
  request.url = call.url;
  request.headers = call.headers;
  request.headers.push_back({.name = "Content-Type", .value = "application/json"});
  request.body = call.body;
  request.timeouts.total = call.timeout;
  return request;
}

}  // namespace

std::string WithoutTrailingSlashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::string HostAndPort(std::string_view url) {
  const bool plain = url.starts_with("http://");
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  std::string host(url.substr(0, url.find_first_of("/?#")));
  if (const auto user = host.rfind('@'); user != std::string::npos) host.erase(0, user + 1);
  // The colons of an IPv6 address stand within brackets.
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  return has_port ? host : host + (plain ? ":80" : ":443");
}

std::string SettingOf(const ProviderSettings& settings, std::string_view name) {
  if (const auto found = settings.variables.find(name); found != settings.variables.end()) {
    return found->second;
  }
  const auto option = settings.options.find(name);
  return option == settings.options.end() ? std::string() : option->second;
}

Result<ProviderProperties> PropertiesOf(const ProviderContext& context) {
  const ProviderSettings& settings = context.settings;
  const ModelFacts* model = context.model;
  const int native = model == nullptr ? 0 : model->native_dimensions;
  const int asked = settings.dimensions.value_or(native);
  if (model != nullptr && !model->accepts_dimensions && asked != native) {
    return Error{.kind = ErrorKind::kUsage,
                 .message = fmt::format("model {} gives vectors of {} components and no others: "
                                        "set EMBEDDING_DIMENSIONS to {} or leave it out",
                                        settings.model, native, native)};
  }
  ProviderProperties properties;
  properties.name = settings.family;
  properties.endpoint = HostAndPort(settings.base_url);
  properties.dimensions = static_cast<std::size_t>(asked);
  properties.max_text_tokens = model == nullptr ? 0 : model->max_tokens_per_text;
  properties.unit_vectors = model == nullptr || model->normalized_when_shortened || asked >= native;
  return properties;
}

bool AsksForDimensions(const ProviderContext& context) {
  return context.settings.dimensions.has_value() &&
         (context.model == nullptr || context.model->accepts_dimensions);
}

std::string Who(const ProviderProperties& properties) {
  return fmt::format("{} at {}", properties.name, properties.endpoint);
}

Result<EmbedReply> Exchange(const ProviderCall& call, const ReplyNames& names,
                            const ProviderContext& context, std::stop_token abort) {
  auto sent = context.http.Send(RequestOf(call), std::move(abort));
  if (!sent.ok()) return Prefixed(std::move(sent).error(), context.settings.family);
  if (sent->status < 200 || sent->status > 299) return call.explain(*sent);
  auto reply = ParseReply(sent->body, call.texts, names);
  if (!reply.ok()) {
    return Prefixed(std::move(reply).error(), fmt::format("{} at {}", context.settings.family,
                                                          HostAndPort(context.settings.base_url)));
  }
  if (!reply->has_value()) return call.explain(*sent);
  (*reply)->quota = ReadQuotaHeaders(*sent);
  context.http.Recycle(std::move(sent->body));
  return std::move(**reply);
}

}  // namespace reembed
