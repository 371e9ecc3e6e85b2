#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/secret.h"
#include "reembed/ports/http.h"
#include "reembed/ports/store.h"

namespace reembed::testing {

/// A store under test, and the way past it to the server that it speaks to. The server may be the
/// sandbox or a real one: collections are named `reembed_suite_…`, dropped before and after.
class StoreAccess {
 public:
  StoreAccess(HttpTransport& http, std::string url, Secret key)
      : http_(http), url_(std::move(url)), key_(std::move(key)) {}

  /// Drops the collection of that name, then creates it. `schema` is the body of POST /collections
  /// without `name`: `"fields":[…]`.
  void Create(const std::string& name, const std::string& schema);
  void Drop(const std::string& name);
  void PutAlias(const std::string& alias, const std::string& collection);
  void Import(const std::string& collection, const std::string& json_lines);
  void Delete(const std::string& collection, const std::string& encoded_id);
  /// All documents as the server spells them, without `field`.
  std::string ExportWithout(const std::string& collection, const std::string& field);

 private:
  HttpResponse Ask(const std::string& method, const std::string& target,
                   std::string_view body = {});

  HttpTransport& http_;
  std::string url_;
  Secret key_;
};

/// Ids that need care in URLs, in JSON or in routes.
std::vector<std::string> AwkwardIds();

/// Every id that a fetcher over `spec` delivers, in order; known ones are those delivered before.
std::vector<std::string> FetchAll(StoreReader& reader, FetchSpec spec);

/// One document with the vector [first, 0.1, -2.5].
ReadyDocument Ready(std::string id, float first);

/// The part of the suite about lookup, restoring, nearest documents and nodes.
void RunLookupSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer);

/// The part of the suite about schemas, copies, aliases and whole documents.
void RunCutoverSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer);

/// What every reader and writer must do, as sections of the calling test case.
void RunStoreSuite(StoreAccess& access, StoreReader& reader, StoreWriter& writer);

}  // namespace reembed::testing
