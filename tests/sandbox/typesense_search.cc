#include "tests/sandbox/typesense_search.h"

#include <algorithm>
#include <optional>
#include <shared_mutex>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_match.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

struct Hit {
  SharedDocument document;
  std::optional<float> distance;
};

struct Hits {
  std::size_t found = 0;
  std::vector<Hit> page;
};

ApiError NoSuchIndex(const std::string& field) {
  return ApiError{400, "Field `" + field + "` does not have a vector query index."};
}

Outcome<const VectorIndex*> FindIndex(const Collection& collection, const VectorQuery& query) {
  const Field* const field = collection.schema().Find(query.field);
  if (field == nullptr || !field->IsVector()) return NoSuchIndex(query.field);
  if (!field->index) {
    return ApiError{400,
                    "Field `" + query.field + "` is marked as a non-indexed field in the schema."};
  }
  const VectorIndex* const index = collection.Index(query.field);
  if (index == nullptr) return NoSuchIndex(query.field);
  if (query.id.empty() && query.values.size() != static_cast<std::size_t>(field->num_dim)) {
    return ApiError{400, "Query field `" + query.field + "` must have " +
                             std::to_string(field->num_dim) + " dimensions."};
  }
  return index;
}

// Replaces the id of a query by that document's vector, and takes the document itself out.
std::optional<ApiError> ResolveId(const Collection& collection, VectorQuery& query,
                                  std::vector<Sequence>& among) {
  const auto sequence = collection.SequenceOf(query.id);
  if (!sequence) return ApiError{400, "Document id referenced in vector query is not found."};
  const Field* const field = collection.schema().Find(query.field);
  const SharedFloats vector =
      VectorOf(*collection.Find(*sequence), *field, collection.schema().nested);
  if (!vector) {
    return ApiError{400,
                    "Document referenced in vector query does not contain a valid vector field."};
  }
  query.values = *vector;
  among.erase(std::remove(among.begin(), among.end(), *sequence), among.end());
  return std::nullopt;
}

Outcome<Hits> NearestHits(const Collection& collection, const Params& params, const Page& page) {
  Outcome<VectorQuery> query = ParseVectorQuery(Param(params, "vector_query"));
  if (!query) return query.error();
  Outcome<const VectorIndex*> index = FindIndex(collection, *query);
  if (!index) return index.error();
  Outcome<std::vector<Sequence>> among = FilterSequences(collection, Param(params, "filter_by"));
  if (!among) return among.error();
  if (!query->id.empty()) {
    if (auto error = ResolveId(collection, *query, *among)) return *error;
  }
  const std::size_t k = query->k > 0 ? query->k : page.Last();
  const auto nearest = (*index)->Nearest(query->values, k, &*among);
  Hits hits{nearest.size(), {}};
  for (std::size_t i = page.First(); i < std::min(page.Last(), nearest.size()); ++i) {
    hits.page.push_back({collection.Find(nearest[i].sequence), nearest[i].distance});
  }
  return hits;
}

// Whether the order is the one of entries(), or its reverse, so that no document need be looked at
// but those of the page.
bool IsBySequence(const std::vector<SortKey>& keys) {
  return keys.empty() || keys.front().field == "_seq_id";
}

Hits PageOfAll(const Collection& collection, bool ascending, const Page& page) {
  const auto& entries = collection.entries();
  Hits hits{entries.size(), {}};
  for (std::size_t i = page.First(); i < std::min(page.Last(), entries.size()); ++i) {
    const auto& entry = ascending ? entries[i] : entries[entries.size() - 1 - i];
    hits.page.push_back({entry.document, std::nullopt});
  }
  return hits;
}

Outcome<Hits> OrderedHits(const Collection& collection, const Params& params, const Page& page) {
  const std::string q = Param(params, "q");
  const std::string query_by = Param(params, "query_by");
  if (q != "*" && query_by.empty()) {
    return ApiError{400, "No search fields specified for the query."};
  }
  Outcome<std::vector<SortKey>> keys = ParseSort(Param(params, "sort_by"), collection.schema());
  if (!keys) return keys.error();
  const std::string filter_by = Param(params, "filter_by");
  if (q == "*" && filter_by.empty() && IsBySequence(*keys)) {
    return PageOfAll(collection, !keys->empty() && keys->front().ascending, page);
  }
  Outcome<std::vector<Sequence>> sequences = FilterSequences(collection, filter_by);
  if (sequences && q != "*") {
    sequences = KeepWithWords(collection, std::move(*sequences), q, query_by);
  }
  if (!sequences) return sequences.error();
  Order(collection, *keys, page.Last(), *sequences);
  Hits hits{sequences->size(), {}};
  for (std::size_t i = page.First(); i < std::min(page.Last(), sequences->size()); ++i) {
    hits.page.push_back({collection.Find((*sequences)[i]), std::nullopt});
  }
  return hits;
}

void AppendHit(const Hit& hit, const Selection& selection, std::string& out) {
  out += "{\"document\":";
  if (selection.IsAll()) {
    hit.document->AppendTo(out);
  } else {
    hit.document->AppendTo(out, selection);
  }
  out += ",\"highlight\":{},\"highlights\":[]";
  // The server leaves negative distances (of inner products) out.
  if (hit.distance && *hit.distance >= 0) {
    out += ",\"vector_distance\":" + json(*hit.distance).dump();
  }
  out += '}';
}

// The text is glued together because a JSON value of a page with vectors would be copied twice.
std::string Render(const Collection& collection, const Params& params, const Page& page,
                   const Hits& hits) {
  const Selection selection(params);
  std::string out = "{\"facet_counts\":[],\"found\":" + std::to_string(hits.found) + ",\"hits\":[";
  for (const Hit& hit : hits.page) {
    if (&hit != &hits.page.front()) out += ',';
    AppendHit(hit, selection, out);
  }
  out += "],";
  if (page.offset) out += "\"offset\":" + std::to_string(*page.offset) + ",";
  out += "\"out_of\":" + std::to_string(collection.entries().size()) + ",";
  if (!page.offset) out += "\"page\":" + std::to_string(page.page) + ",";
  const std::string q = Param(params, "q", "*");
  const json request = {{"collection_name", collection.schema().name},
                        {"first_q", q},
                        {"per_page", page.per_page},
                        {"q", q}};
  out += "\"request_params\":" + request.dump() + ",\"search_cutoff\":false,\"search_time_ms\":0}";
  return out;
}

}  // namespace

Outcome<std::string> Search(const Collection& collection, const Params& params) {
  const std::shared_lock<FairSharedMutex> lock(collection.mutex());
  Outcome<Page> page = ParsePage(params);
  if (!page) return page.error();
  const bool by_vector = !Param(params, "vector_query").empty();
  Outcome<Hits> hits =
      by_vector ? NearestHits(collection, params, *page) : OrderedHits(collection, params, *page);
  if (!hits) return hits.error();
  return Render(collection, params, *page, *hits);
}

}  // namespace reembed::sandbox
