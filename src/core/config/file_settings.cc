#include "file_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reembed/base/text.h"
#include "suggest.h"
#include "url.h"

namespace reembed {
namespace {

constexpr NumberRange kSecondsRange{0, kMaxSeconds};
constexpr NumberRange kSecondsAndPartsRange{0, kMaxSeconds, false};
constexpr NumberRange kPositiveSecondsRange{0.001, kMaxSeconds, false};
constexpr NumberRange kRateRange{0.001, 1'000'000'000, false};
constexpr NumberRange kPriceRange{0, 1'000'000, false};

std::optional<Millis> AsMillis(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return Millis(static_cast<Millis::rep>(std::llround(*seconds * 1000)));
}

std::optional<Seconds> AsSeconds(std::optional<double> seconds) {
  if (!seconds) return std::nullopt;
  return Seconds(static_cast<Seconds::rep>(*seconds));
}

class FileReader {
 public:
  FileReader(const FileContext& context, FileSettings& into) : context_(context), into_(into) {}

  void Read(const JsonValue& root) {
    const SectionReader reader = Reader(root);
    reader.AllowOnly({"$schema", "embedding", "collections", "typesense", "update", "journal"});
    reader.Text("$schema", TextKind::kAny);
    if (const JsonValue* section = reader.Value("embedding")) ReadEmbedding(*section);
    if (const JsonValue* section = reader.Value("typesense")) ReadTypesense(*section);
    if (const JsonValue* section = reader.Value("update")) ReadUpdate(*section);
    if (const JsonValue* section = reader.Value("journal")) ReadJournal(*section);
    if (const JsonValue* section = reader.Value("collections")) {
      into_.collections = ReadCollections(context_, *section);
    }
  }

 private:
  SectionReader Reader(const JsonValue& section) const {
    return {context_.file, section, context_.problems};
  }

  void ReadEmbedding(const JsonValue& section) {
    constexpr std::array<std::pair<std::string_view, NormalizeRule>, 3> kNormalize = {
        {{"auto", NormalizeRule::kAuto},
         {"always", NormalizeRule::kAlways},
         {"never", NormalizeRule::kNever}}};
    const SectionReader reader = Reader(section);
    std::vector<std::string> allowed = {"family",
                                        "model",
                                        "dimensions",
                                        "normalize",
                                        "concurrency",
                                        "requests_per_minute",
                                        "tokens_per_minute",
                                        "usd_per_million_tokens",
                                        "max_wait_seconds",
                                        "outage_patience_seconds"};
    for (const std::string& family : Families(context_.providers)) allowed.push_back(family);
    reader.AllowOnly(allowed);

    ReadFamilyAndModel(section, reader);
    Store(reader.Number("dimensions", kDimensionsRange), into_.dimensions);
    EmbeddingConfig& embedding = into_.embedding;
    Store(reader.Choice("normalize", kNormalize), embedding.normalize);
    Store(reader.Number("concurrency", kConcurrencyRange), embedding.concurrency);
    Store(reader.Number("requests_per_minute", kRateRange), embedding.requests_per_minute);
    Store(reader.Number("tokens_per_minute", kRateRange), embedding.tokens_per_minute);
    Store(reader.Number("usd_per_million_tokens", kPriceRange), embedding.usd_per_million_tokens);
    Store(AsSeconds(reader.Number("max_wait_seconds", kSecondsRange)), embedding.max_wait);
    Store(AsSeconds(reader.Number("outage_patience_seconds", kSecondsRange)),
          embedding.outage_patience);
    for (const ProviderSpec& spec : context_.providers) {
      if (const JsonValue* own = reader.Value(spec.family)) ReadProvider(spec, *own);
    }
  }

  void ReadFamilyAndModel(const JsonValue& section, const SectionReader& reader) {
    const std::string where = fmt::format("{}: {}", context_.file, section.pointer);
    if (reader.Has("family")) {
      const auto family = reader.Word("family", Families(context_.providers));
      into_.family = Placed{family.value_or(""), where + "/family"};
    }
    if (reader.Has("model")) {
      const auto model = reader.Text("model", TextKind::kName);
      into_.model = Placed{model.value_or(""), where + "/model"};
    }
  }

  void ReadProvider(const ProviderSpec& spec, const JsonValue& section) {
    const SectionReader reader = Reader(section);
    std::vector<std::string> allowed;
    for (const OptionSpec& option : spec.options) allowed.push_back(option.key);
    reader.AllowOnly(allowed);
    for (const OptionSpec& option : spec.options) {
      const auto value = option.allowed.empty() ? reader.Text(option.key, TextKind::kAny)
                                                : reader.Word(option.key, option.allowed);
      if (value) into_.options[spec.family][option.key] = *value;
    }
  }

  void ReadTypesense(const JsonValue& section) {
    const SectionReader reader = Reader(section);
    reader.AllowOnly({"nodes", "nearest_node", "connection_timeout_seconds", "num_retries",
                      "retry_interval_seconds", "healthcheck_interval_seconds"});
    TypesenseConfig& typesense = into_.typesense;
    ReadNodes(reader);
    if (const auto url = reader.Text("nearest_node", TextKind::kName)) {
      const Result<std::string> parsed = ParseBaseUrl(*url);
      if (!parsed.ok()) {
        reader.Report("nearest_node", parsed.error().message + UrlFound(*url));
      }
      if (parsed.ok()) typesense.nearest_node = *parsed;
    }
    Store(AsMillis(reader.Number("connection_timeout_seconds", kPositiveSecondsRange)),
          typesense.connection_timeout);
    Store(reader.Number("num_retries", {0, 1000}), typesense.num_retries);
    Store(AsMillis(reader.Number("retry_interval_seconds", kSecondsAndPartsRange)),
          typesense.retry_interval);
    Store(AsSeconds(reader.Number("healthcheck_interval_seconds", kSecondsRange)),
          typesense.healthcheck_interval);
  }

  void ReadNodes(const SectionReader& reader) {
    if (!reader.Names("nodes")) return;
    into_.typesense.nodes.clear();
    for (const JsonValue& node : reader.Value("nodes")->children) {
      // Names() has reported what is no text.
      if (node.refused || IsBlank(node.text)) continue;
      const Result<std::string> parsed = ParseBaseUrl(node.text);
      if (!parsed.ok()) reader.Report(node, parsed.error().message + UrlFound(node.text));
      if (parsed.ok()) into_.typesense.nodes.push_back(*parsed);
    }
  }

  void ReadUpdate(const JsonValue& section) {
    const SectionReader reader = Reader(section);
    reader.AllowOnly({"target_ms", "patience_seconds"});
    if (const auto target = reader.Number("target_ms", {1, 600'000})) {
      into_.update.target = Millis(static_cast<Millis::rep>(*target));
    }
    Store(AsSeconds(reader.Number("patience_seconds", kSecondsRange)), into_.update.patience);
  }

  void ReadJournal(const JsonValue& section) {
    const SectionReader reader = Reader(section);
    reader.AllowOnly({"dir", "backup", "keep_days"});
    ReadJournalDir(reader);
    Store(reader.Flag("backup"), into_.journal.backup);
    Store(reader.Number("keep_days", {0, 36'500}), into_.journal.keep_days);
  }

  // Empty is the working directory, as in a path that is put together.
  void ReadJournalDir(const SectionReader& reader) {
    const JsonValue* value = reader.Value("dir");
    const bool empty =
        value != nullptr && value->type == JsonValue::Type::kString && value->text.empty();
    if (empty) {
      into_.journal.dir = ".";
    } else {
      Store(reader.Text("dir", TextKind::kName), into_.journal.dir);
    }
  }

  const FileContext& context_;
  FileSettings& into_;
};

}  // namespace

std::vector<std::string> Families(const std::vector<ProviderSpec>& providers) {
  std::vector<std::string> families;
  families.reserve(providers.size());
  for (const ProviderSpec& spec : providers) families.push_back(spec.family);
  std::sort(families.begin(), families.end());
  return families;
}

void ReadSettings(const FileContext& context, const JsonValue& root, FileSettings& into) {
  FileReader(context, into).Read(root);
}

}  // namespace reembed
