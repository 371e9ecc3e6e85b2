#pragma once

#include <string>

#include "tests/sandbox/typesense_api.h"

namespace reembed::sandbox {

// The front door: finds the route and, in the server's order, refuses too long queries (400),
// unknown routes (404), everything while not ready (503) and wrong keys (401).
// Source: tests/data/transcripts/01-auth-status.json, 06-search-pages.json.
class TypesenseRouter {
 public:
  TypesenseRouter(TypesenseApi& api, TypesenseControls& controls, std::string api_key)
      : api_(api), controls_(controls), api_key_(std::move(api_key)) {}

  HttpAnswer Handle(const HttpRequest& request);

 private:
  bool IsAuthorised(const HttpRequest& request, const Params& params) const;

  TypesenseApi& api_;
  TypesenseControls& controls_;
  std::string api_key_;
};

}  // namespace reembed::sandbox
