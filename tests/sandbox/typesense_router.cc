#include "tests/sandbox/typesense_router.h"

#include <algorithm>
#include <exception>

namespace reembed::sandbox {
namespace {

constexpr std::size_t kMaxQuery = 4000;  // with the `?`

using Handler = HttpAnswer (TypesenseApi::*)(const Call&);

struct Route {
  const char* method;
  const char* path;  // `:name` stands for a variable
  Handler handler;
  bool gated = true;  // refused while the server is not ready
};

// A literal stands before a variable in the same place.
constexpr Route kRoutes[] = {
    {"GET", "/health", &TypesenseApi::Health, false},
    {"GET", "/debug", &TypesenseApi::Debug, false},
    {"GET", "/status", &TypesenseApi::Status, false},
    {"GET", "/stats.json", &TypesenseApi::Stats, false},
    {"GET", "/metrics.json", &TypesenseApi::Metrics, false},
    {"GET", "/operations/schema_changes", &TypesenseApi::SchemaChanges, false},
    {"GET", "/collections", &TypesenseApi::ListCollections},
    {"POST", "/collections", &TypesenseApi::CreateCollection},
    {"GET", "/collections/:collection", &TypesenseApi::GetCollection},
    {"PATCH", "/collections/:collection", &TypesenseApi::AlterCollection},
    {"DELETE", "/collections/:collection", &TypesenseApi::DeleteCollection},
    {"GET", "/aliases", &TypesenseApi::ListAliases},
    {"GET", "/aliases/:alias", &TypesenseApi::GetAlias},
    {"PUT", "/aliases/:alias", &TypesenseApi::PutAlias},
    {"DELETE", "/aliases/:alias", &TypesenseApi::DeleteAlias},
    {"GET", "/collections/:collection/documents/search", &TypesenseApi::SearchDocuments},
    {"GET", "/collections/:collection/documents/export", &TypesenseApi::ExportDocuments},
    {"POST", "/collections/:collection/documents/import", &TypesenseApi::ImportDocuments},
    {"POST", "/multi_search", &TypesenseApi::MultiSearch},
    {"POST", "/collections/:collection/documents", &TypesenseApi::AddDocument},
    {"PATCH", "/collections/:collection/documents", &TypesenseApi::UpdateByFilter},
    {"DELETE", "/collections/:collection/documents", &TypesenseApi::DeleteByFilter},
    {"GET", "/collections/:collection/documents/:id", &TypesenseApi::GetDocument},
    {"PATCH", "/collections/:collection/documents/:id", &TypesenseApi::UpdateDocument},
    {"DELETE", "/collections/:collection/documents/:id", &TypesenseApi::DeleteDocument},
};

bool Fits(const Route& route, const std::string& method, const Target& target) {
  if (route.method != method) return false;
  const std::vector<std::string> parts = Split(route.path, '/');
  return std::equal(
      parts.begin(), parts.end(), target.raw_segments.begin(), target.raw_segments.end(),
      [](const auto& part, const auto& segment) { return part.front() == ':' || part == segment; });
}

const Route* FindRoute(const std::string& method, const Target& target) {
  const auto found = std::find_if(std::begin(kRoutes), std::end(kRoutes),
                                  [&](const Route& route) { return Fits(route, method, target); });
  return found == std::end(kRoutes) ? nullptr : found;
}

// emplace() keeps an earlier value, so a query parameter wins over the path.
void AddPathVariables(const Route& route, const Target& target, Params& params) {
  const std::vector<std::string> parts = Split(route.path, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].front() == ':') params.emplace(parts[i].substr(1), target.segments[i]);
  }
}

bool IsWrite(const Route& route) {
  return route.method != std::string("GET") && route.handler != &TypesenseApi::MultiSearch;
}

bool IsTooLong(const HttpRequest& request, const Target& target) {
  return request.method == "GET" && !target.raw_segments.empty() &&
         target.raw_segments.back() == "search" && target.query.size() > kMaxQuery;
}

}  // namespace

bool TypesenseRouter::IsAuthorised(const HttpRequest& request, const Params& params) const {
  if (controls_.IsForbidden(request.target)) return false;
  const std::string header = request.Header("x-typesense-api-key");
  return (header.empty() ? Param(params, "x-typesense-api-key") : header) == api_key_;
}

HttpAnswer TypesenseRouter::Handle(const HttpRequest& request) {
  const Target target = ParseTarget(request.target);
  if (IsTooLong(request, target)) {
    return EscapedMessage({400,
                           "Query string exceeds max allowed length of 4000. Use the "
                           "/multi_search end-point for larger payloads."});
  }
  const Route* const route = FindRoute(request.method, target);
  if (route == nullptr) return FrontDoorMessage({404, "Not Found"});
  if (route->gated) {
    if (auto refusal = controls_.TakeRefusal(IsWrite(*route))) return std::move(*refusal);
  }
  const bool open = route->handler == &TypesenseApi::Health;
  if (!open && !IsAuthorised(request, target.params)) {
    return GluedMessage({401, "Forbidden - a valid `x-typesense-api-key` header must be sent."});
  }
  Call call{target.params, request.body};
  AddPathVariables(*route, target, call.params);
  try {
    return (api_.*route->handler)(call);
  } catch (const std::exception&) {
    // A body of an unforeseen shape; the server words its own surprises so.
    return GluedMessage({400, "Bad request."});
  }
}

}  // namespace reembed::sandbox
