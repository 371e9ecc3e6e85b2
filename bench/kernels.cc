#include "kernels.h"

#include <functional>
#include <stdexcept>
#include <utility>

#include "measure.h"
#include "providers/json_text.h"
#include "providers/reply.h"
#include "reembed/base/secret.h"
#include "reembed/core/backup.h"
#include "reembed/core/config.h"
#include "reembed/core/source_text.h"
#include "reembed/core/stored_field.h"
#include "src/io/typesense/document_line.h"
#include "src/io/typesense/import_lines.h"
#include "src/io/typesense/line_splitter.h"
#include "src/io/typesense/search_page.h"
#include "tests/sandbox/sink_answers.h"

namespace reembed::bench {
namespace {

constexpr std::size_t kPage = 250;   // of a lookup and of a scan's round
constexpr std::size_t kTexts = 100;  // of a provider request
constexpr ReplyNames kNames{.list = "data",
                            .vector = "embedding",
                            .index = "index",
                            .usage = "usage",
                            .tokens = {"prompt_tokens", "total_tokens"}};

void Require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("a kernel failed: ") + what);
}

/// The bytes that the kernels work on, as the sink sends them, and what they make of them.
class Material {
 public:
  explicit Material(const KernelSpec& spec)
      : sink_({.documents = kPage,
               .dimensions = spec.dimensions,
               .old_vectors = spec.old_vectors,
               .float_text = spec.float_text}),
        data_(spec.dimensions),
        import_lines_("vec", false) {
    config_.name = "documents";
    config_.embedding_field = "vec";
    config_.text.fields = {"title", "text"};
    page_ = Page();
    reply_ = Reply();
    first_scan_ = Scan();
    Write();
    second_scan_ = Scan();
    for (const Document& document : Documents()) texts_.push_back(Composed(document.json));
  }

  void ScanPage() {
    for (const Document& document : Documents()) Composed(document.json);
  }

  void EscapeTexts() {
    body_.clear();
    for (std::size_t i = 0; i < kTexts; ++i) AppendJsonString(body_, texts_[i]);
  }

  void HashTexts() {
    for (const std::string& text : texts_) hashes_ += HashText(text).low;
  }

  void ShapeTexts() {
    for (const std::string& text : texts_) shape_ += ShapeOf(text);
  }

  void DecodeReply() {
    const auto reply = ParseReply(reply_, kTexts, kNames);
    Require(reply.ok() && *reply, "the reply");
  }

  void EncodeLines() {
    body_.clear();
    for (std::size_t i = 0; i < kTexts; ++i)
      import_lines_.Append(body_, ids_[i], data_.NewVector(i));
  }

  /// What both scans do with a line beside its vector.
  void ReadLines(const std::string& lines) {
    TakeLines(lines, [this](std::string_view line) -> Status {
      const Document* document = reader_.Read(line);
      Require(document != nullptr, "a line of the scan");
      const auto text = ComposeSentText(config_, document->json);
      Require(text.ok(), "a text of the scan");
      hashes_ += HashText(*text).low;
      return {};
    });
  }

  /// What the first scan does with fields that the journal does not know.
  void BackUpFields(const std::string& lines) {
    TakeLines(lines, [this](std::string_view line) -> Status {
      Require(ReadStoredField(line, "vec", false, field_).ok(), "a stored field");
      hashes_ += HashVector(field_.vector).low;
      bytes_ += EncodeBackup(field_).blob.size();
      return {};
    });
  }

  /// What the catch-up does with fields that hold what was written.
  void KnowFields(const std::string& lines) {
    TakeLines(lines, [this](std::string_view line) -> Status {
      Require(FindStoredField(line, "vec", false, field_).ok(), "a stored field");
      hashes_ += HashSpelling(field_).low;
      return {};
    });
  }

  const std::string& first_scan() const { return first_scan_; }
  const std::string& second_scan() const { return second_scan_; }

 private:
  static void TakeLines(const std::string& lines, const LineTaker& take) {
    LineSplitter splitter(std::size_t{1} << 30);
    Require(splitter.Add(lines, take).ok() && splitter.End(take).ok(), "the scan");
  }

  std::vector<Document> Documents() {
    const Redactor none;
    auto pages = ParseMultiSearch(page_, 1, {.host = "sink", .redact = none});
    Require(pages.ok() && pages->front().documents.size() == kPage, "the page");
    return std::move(pages->front().documents);
  }

  std::string Composed(std::string_view document) const {
    auto text = ComposeSentText(config_, document);
    Require(text.ok() && !text->empty(), "the source text");
    return *std::move(text);
  }

  std::string Page() {
    std::string ids;
    for (std::size_t i = 0; i < kPage; ++i) {
      ids_.push_back("d" + std::to_string(i));
      ids += "`" + ids_.back() + "`,";
    }
    const std::string body = R"({"searches":[{"collection":"documents","filter_by":"id:[)" + ids +
                             R"(]","include_fields":"id,title,text","per_page":"250"}]})";
    return sink_.Answer({"POST", "/multi_search", body}).body;
  }

  std::string Reply() {
    std::string body = R"({"encoding_format":"base64","input":[)";
    for (std::size_t i = 0; i < kTexts; ++i) {
      body += i == 0 ? "\"" : ",\"";
      data_.AppendSentText(body, i);
      body += '"';
    }
    return sink_.Answer({"POST", "/v1/embeddings", body + "]}"}).body;
  }

  std::string Scan() {
    sandbox::SinkExport rest;
    std::string lines;
    while (sink_.ContinueExport(rest, lines)) continue;
    return lines;
  }

  void Write() {
    for (std::size_t i = 0; i < kPage; ++i)
      import_lines_.Append(body_, ids_[i], data_.NewVector(i));
    sink_.Answer({"POST", "/collections/documents/documents/import", body_});
  }

  sandbox::SinkAnswers sink_;
  const sandbox::SinkData data_;
  const ImportLines import_lines_;
  CollectionConfig config_;
  std::vector<std::string> ids_, texts_;
  std::string page_, reply_, first_scan_, second_scan_, body_;
  DocumentLineReader reader_;
  StoredField field_;
  // What keeps the compiler from leaving a kernel out.
  std::uint64_t hashes_ = 0;
  TextShape shape_;
  std::size_t bytes_ = 0;
};

struct Kernel {
  const char* name;
  const char* pass;
  std::size_t documents;
  std::function<void()> run;
};

std::vector<Kernel> KernelsOf(Material& material) {
  return {
      {"page scan, source text", "fetch", kPage, [&] { material.ScanPage(); }},
      {"text hash", "fetch", kPage, [&] { material.HashTexts(); }},
      {"text shape", "fetch", kPage, [&] { material.ShapeTexts(); }},
      {"text escape", "embed", kTexts, [&] { material.EscapeTexts(); }},
      {"reply decode", "embed", kTexts, [&] { material.DecodeReply(); }},
      {"vector encode", "import", kTexts, [&] { material.EncodeLines(); }},
      {"line, text, hash", "first scan", kPage, [&] { material.ReadLines(material.first_scan()); }},
      {"field, hash, backup", "first scan", kPage,
       [&] { material.BackUpFields(material.first_scan()); }},
      {"line, text, hash", "catch-up", kPage, [&] { material.ReadLines(material.second_scan()); }},
      {"field by its spelling", "catch-up", kPage,
       [&] { material.KnowFields(material.second_scan()); }},
  };
}

}  // namespace

std::vector<KernelTime> MeasureKernels(const KernelSpec& spec) {
  Material material(spec);
  std::vector<Kernel> kernels = KernelsOf(material);
  std::vector<KernelTime> times;
  for (const Kernel& kernel : kernels) {
    times.push_back({kernel.name, kernel.pass, kernel.documents, {}});
  }
  times.push_back({"rows and vectors", "journal", spec.documents, {}});
  const auto wanted = [&spec](std::size_t i) {
    return spec.only < 0 || static_cast<std::size_t>(spec.only) == i;
  };
  for (std::size_t round = 0; round < spec.rounds; ++round) {
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      if (!wanted(i)) continue;
      const double started = ThreadSeconds();
      kernels[i].run();
      const auto documents = static_cast<double>(kernels[i].documents);
      times[i].seconds.push_back((ThreadSeconds() - started) / documents);
    }
    if (wanted(kernels.size())) times.back().seconds.push_back(JournalSeconds(spec));
  }
  return times;
}

double TotalSeconds(const std::vector<KernelTime>& kernels) {
  double total = 0;
  for (const KernelTime& kernel : kernels) total += Quantile(kernel.seconds, 0.25);
  return total;
}

}  // namespace reembed::bench
