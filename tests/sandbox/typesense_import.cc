#include "tests/sandbox/typesense_import.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

// One line of the body, parsed as far as it can be.
struct Line {
  std::string_view text;
  std::optional<Document> document;
  std::string error;
  bool broken = false;  // not JSON at all
};

Line ParseLine(std::string_view text) {
  Line line{text, std::nullopt, "", false};
  try {
    json value = json::parse(text.begin(), text.end());
    if (value.is_object()) {
      line.document.emplace(std::move(value));
    } else {
      line.error = "Bad JSON: not a properly formed document.";
    }
  } catch (const json::exception& problem) {
    line.error = std::string("Bad JSON: ") + problem.what();
    line.broken = true;
  }
  return line;
}

std::vector<std::string_view> Lines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    if (end > 0) lines.push_back(body.substr(0, end));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return lines;
}

// Writes the result lines; keys are glued in sorted order.
class ResultWriter {
 public:
  explicit ResultWriter(const ImportOptions& options) : options_(options) {}

  void Success(const Document& document, const std::string& id) {
    Begin();
    if (options_.return_doc) {
      out_ += "\"document\":";
      document.AppendTo(out_);
      out_ += ',';
    }
    AppendId(id);
    out_ += "\"success\":true}";
  }

  // `id` is JSON text, or "" if the line had none.
  void Failure(const ApiError& error, std::string_view text, const std::string& id) {
    Begin();
    out_ += "\"code\":" + std::to_string(error.status) + ',';
    if (options_.return_doc || options_.echo_failures) {
      out_ += "\"document\":" + json(std::string(text)).dump() + ',';
    }
    out_ += "\"error\":" + json(error.text).dump() + ',';
    AppendId(id);
    out_ += "\"success\":false}";
  }

  std::string Take() { return std::move(out_); }

 private:
  void Begin() {
    if (!out_.empty()) out_ += '\n';
    out_ += '{';
  }

  void AppendId(const std::string& id) {
    if (options_.return_id && !id.empty()) out_ += "\"id\":" + id + ',';
  }

  const ImportOptions& options_;
  std::string out_;
};

bool ReadFlag(const Params& params, const std::string& key, bool& flag) {
  const std::string value = Param(params, key, "false");
  flag = value == "true";
  return flag || value == "false";
}

bool IsPositive(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  }) && text.find_first_not_of('0') != std::string::npos;
}

// The value of the first `"id":"…"` in a line, as JSON text.
std::string QuickId(std::string_view line) {
  constexpr std::string_view kKey = "\"id\":\"";
  const std::size_t start = line.find(kKey);
  if (start == std::string_view::npos) return "";
  const std::size_t open = start + kKey.size() - 1;
  std::size_t close = line.find('"', open + 1);
  while (close != std::string_view::npos && line[close - 1] == '\\') {
    close = line.find('"', close + 1);
  }
  return close == std::string_view::npos ? "" : std::string(line.substr(open, close + 1 - open));
}

// The server reads a batch of lines before it stores them: a line that repeats an id of the batch
// is numbered as a new document first, then the batch is stored and the line read again.
class Batch {
 public:
  void Before(const std::string& id, Collection& collection) {
    const auto before = ids_.find(id);
    if (before != ids_.end() && before->second) collection.SkipNumber();
    if (before != ids_.end() || lines_ == kMostLines) {
      ids_.clear();
      lines_ = 0;
    }
    ++lines_;
  }

  void After(const std::string& id, const WriteResult& result) {
    // What is refused before it has a number (unknown, or there already) is in no batch.
    if (result.sequence && !id.empty()) ids_.emplace(id, result.numbered);
  }

 private:
  static constexpr int kMostLines = 1000;

  std::map<std::string, bool> ids_;  // with whether the first line of that id drew a number
  int lines_ = 0;
};

// Returns how many documents were updated with numbers outside of indexes.
std::size_t WriteLines(Collection& collection, std::vector<Line>& lines,
                       const ImportOptions& options, const WritePace& pace, ResultWriter& writer) {
  // The server reuses one variable: a broken line reports the id of the line before it.
  std::string last_id;
  std::size_t unindexed = 0;
  Batch batch;
  const std::lock_guard<FairSharedMutex> lock(collection.mutex());
  const DirtyValues dirty = ParseDirtyValues(options.dirty_values, collection.schema());
  for (Line& line : lines) {
    if (!line.document) {
      writer.Failure({400, line.error}, line.text, line.broken ? last_id : "");
      continue;
    }
    const auto id = line.document->keys().find("id");
    last_id = id == line.document->keys().end() ? "" : id->dump();
    const std::string given = line.document->id();
    batch.Before(given, collection);
    WriteResult result = collection.Write(options.action, std::move(*line.document), dirty);
    batch.After(given, result);
    if (result.error) {
      writer.Failure(*result.error, line.text, last_id);
      continue;
    }
    if (last_id.empty()) last_id = json(result.document->id()).dump();
    writer.Success(*result.document, last_id);
    if (result.unindexed) ++unindexed;
    pace.AfterWrite(result);
  }
  return unindexed;
}

}  // namespace

std::optional<WriteAction> ParseAction(const std::string& word) {
  if (word == "create") return WriteAction::kCreate;
  if (word == "upsert") return WriteAction::kUpsert;
  if (word == "update") return WriteAction::kUpdate;
  if (word == "emplace") return WriteAction::kEmplace;
  return std::nullopt;
}

Outcome<ImportOptions> ParseImportOptions(const Params& params) {
  ImportOptions options;
  const auto action = ParseAction(Param(params, "action", "create"));
  if (!action) return ApiError{400, "Parameter `action` must be a create|update|upsert."};
  options.action = *action;
  if (!IsPositive(Param(params, "batch_size", "40"))) {
    return ApiError{400, "Parameter `batch_size` must be a positive integer."};
  }
  if (!ReadFlag(params, "return_id", options.return_id)) {
    return ApiError{400, "Parameter `return_id` must be a true|false."};
  }
  if (!ReadFlag(params, "return_doc", options.return_doc)) {
    return ApiError{400, "Parameter `return_doc` must be a true|false."};
  }
  options.dirty_values = Param(params, "dirty_values");
  return options;
}

std::string Import(Collection& collection, const std::string& body, const ImportOptions& options,
                   const WritePace& pace) {
  std::vector<Line> lines;
  for (const std::string_view text : Lines(body)) lines.push_back(ParseLine(text));
  ResultWriter writer(options);
  const std::lock_guard<WriteQueue> turn(collection.writes());
  pace.Spend(WritePace::kUnindexed, WriteLines(collection, lines, options, pace, writer));
  return writer.Take();
}

std::string SinkAnswer(const std::string& body, const ImportOptions& options) {
  std::string out;
  for (const std::string_view line : Lines(body)) {
    const std::string id = options.return_id ? QuickId(line) : "";
    out += out.empty() ? "{" : "\n{";
    if (!id.empty()) out += "\"id\":" + id + ',';
    out += "\"success\":true}";
  }
  return out;
}

Outcome<Document> ParseDocument(std::string_view text) {
  Line line = ParseLine(text);
  if (!line.document) return ApiError{400, line.error};
  return std::move(*line.document);
}

}  // namespace reembed::sandbox
