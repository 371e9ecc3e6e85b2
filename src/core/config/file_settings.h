#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_text.h"
#include "reembed/core/config.h"
#include "section_reader.h"

namespace reembed {

/// A value with the place it came from: `config/reembed.json: /embedding/family`. An empty value
/// was wrong and has been reported.
struct Placed {
  std::string value;
  std::string where;
};

/// A collection before the chosen provider's options are filled in.
struct CollectionDraft {
  CollectionConfig config;
  std::optional<std::string> task_type, prefix;
  std::string where;  ///< `config/reembed.json: /collections/instructions`
};

/// What the config files say, one laid over the other. The members begin with the defaults.
struct FileSettings {
  std::optional<Placed> family, model;
  std::optional<int> dimensions;
  std::map<std::string, std::map<std::string, std::string>> options;  ///< by family and key
  TypesenseConfig typesense;
  EmbeddingConfig embedding;  ///< without `provider`
  UpdateConfig update;
  JournalConfig journal;
  std::vector<CollectionDraft> collections;
};

/// What reading a file needs beside the file.
struct FileContext {
  const std::string& file;
  const std::vector<ProviderSpec>& providers;
  std::vector<std::string>& problems;
};

/// The longest duration that any key takes: a year.
inline constexpr double kMaxSeconds = 31'536'000;
inline constexpr NumberRange kDimensionsRange{1, 65'536};
inline constexpr NumberRange kConcurrencyRange{1, 256};

/// Reads a whole file over `into`: keys that are absent leave it as it is, `collections` replaces
/// the list whole. Problems are added to the context's.
void ReadSettings(const FileContext& context, const JsonValue& root, FileSettings& into);

/// Reads `/collections`.
std::vector<CollectionDraft> ReadCollections(const FileContext& context,
                                             const JsonValue& collections);

/// The names of all families, for messages.
std::vector<std::string> Families(const std::vector<ProviderSpec>& providers);

}  // namespace reembed
