#include <functional>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_api.h"
#include "tests/sandbox/typesense_export.h"
#include "tests/sandbox/typesense_search.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxSearches = 50;

std::size_t SearchLimit(const Params& params) {
  const std::string text = Param(params, "limit_multi_searches");
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoul(text) : kMaxSearches;
}

// One item of a multi-search as the parameters of a search; those of the URL win.
Params ItemParams(const json& item, const Params& url) {
  Params params = url;
  for (const auto& [key, value] : item.items()) {
    params.emplace(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return params;
}

Outcome<json> ParseSearches(const Call& call) {
  json body = json::parse(call.body, nullptr, false);
  if (body.is_discarded()) return ApiError{400, "Bad JSON."};
  if (!body.contains("searches") || !body["searches"].is_array()) {
    return ApiError{400, "Missing `searches` array."};
  }
  if (body["searches"].empty()) return ApiError{500, "Embedded params parsing error."};
  if (body["searches"].size() > SearchLimit(call.params)) {
    return ApiError{400, "Number of multi searches exceeds `limit_multi_searches` parameter."};
  }
  return std::move(body["searches"]);
}

// Ends a stream after a number of chunks.
ChunkSource Shortened(ChunkSource source, std::size_t chunks) {
  return [source = std::move(source), left = chunks](std::string& chunk) mutable {
    return left-- > 0 && source(chunk);
  };
}

// Changes the chunk that follows a number of chunks.
ChunkSource Changed(ChunkSource source, std::size_t chunks,
                    std::function<void(std::string&)> change) {
  return [source = std::move(source), left = chunks,
          change = std::move(change)](std::string& chunk) mutable {
    if (!source(chunk)) return false;
    if (left-- == 0) change(chunk);
    return true;
  };
}

// Spoils an export whose chunks are single documents.
void Spoil(HttpAnswer& answer, const TypesenseControls::ExportFault& fault) {
  using End = TypesenseControls::ExportEnd;
  const std::size_t documents = fault.documents;
  ChunkSource& source = answer.next_chunk;
  if (fault.end == End::kCut) answer.cut_after = documents;
  if (fault.end == End::kProper) source = Shortened(std::move(source), documents);
  if (fault.end == End::kStall) answer.stall_after = documents;
  if (fault.end == End::kCutInLine) {
    answer.cut_after = documents + 1;
    source = Changed(std::move(source), documents,
                     [](std::string& chunk) { chunk.resize(chunk.size() / 2); });
  }
  if (fault.end == End::kText) {
    source = Changed(std::move(source), documents, [text = fault.text](std::string& chunk) {
      chunk = (chunk.starts_with('\n') ? "\n" : "") + text;
    });
  }
}

}  // namespace

HttpAnswer TypesenseApi::ImportDocuments(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  auto options = ParseImportOptions(call.params);
  if (!options) return GluedMessage(options.error());
  options->echo_failures = controls_.echoes_documents();
  std::string answer = settings_.sink ? SinkAnswer(call.body, *options)
                                      : Import(*collection, call.body, *options, settings_.pace);
  return controls_.TakeImportFault(LinesAnswer(std::move(answer)));
}

HttpAnswer TypesenseApi::ExportDocuments(const Call& call) {
  const auto collection = FindCollection(call);
  if (!collection) return GluedMessage(CollectionNotFound());
  const auto fault = controls_.TakeExportFault();
  // Faults count documents, so each gets a chunk of its own.
  auto chunks = Export(collection, call.params, fault ? 1 : ExportBatchSize(call.params));
  if (!chunks) return GluedMessage(chunks.error());
  HttpAnswer answer = LinesAnswer("");
  answer.next_chunk = std::move(*chunks);
  if (fault) Spoil(answer, *fault);
  answer.reader_patience = controls_.export_reader_patience();
  answer.on_slow_reader = [this] { controls_.CountDroppedReader(); };
  // Compressed, a part of what was sent would stay behind in the compressor.
  if (fault || answer.reader_patience) answer.content_type = "application/octet-stream";
  return answer;
}

Outcome<std::string> TypesenseApi::RunSearch(const Params& params) const {
  const auto collection = catalog_.Find(Param(params, "collection"));
  if (!collection) return CollectionNotFound();
  const bool by_sequence = Param(params, "sort_by").find("_seq_id") != std::string::npos;
  if (by_sequence && controls_.refuses_seq_id_sort()) {
    return ApiError{404, "Could not find a field named `_seq_id` in the schema for sorting."};
  }
  return Search(*collection, params);
}

HttpAnswer TypesenseApi::SearchDocuments(const Call& call) {
  auto found = RunSearch(call.params);
  return found ? JsonAnswer(std::move(*found)) : EscapedMessage(found.error());
}

HttpAnswer TypesenseApi::MultiSearch(const Call& call) {
  auto searches = ParseSearches(call);
  if (!searches) return GluedMessage(searches.error());
  std::string out = "{\"results\":[";
  for (std::size_t i = 0; i < searches->size(); ++i) {
    if (i > 0) out += ',';
    auto found = RunSearch(ItemParams((*searches)[i], call.params));
    out +=
        found ? *found : json{{"code", found.error().status}, {"error", found.error().text}}.dump();
  }
  return JsonAnswer(out + "]}");
}

}  // namespace reembed::sandbox
