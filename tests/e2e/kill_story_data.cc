#include "kill_story_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace reembed::testing {
namespace {

constexpr std::size_t kListed = 5;

std::string OldVector(Random& random, std::size_t kind) {
  std::string json;
  for (int i = 0; i < kKillOldLength; ++i) {
    const double value = static_cast<double>(random()) / 4294967296.0 - 0.5;
    json += json.empty() ? "[" : ",";
    if (kind == 0) json += fmt::format("{}", static_cast<float>(value));
    if (kind == 1) json += fmt::format("{:.17g}", value);
    if (kind == 2) json += i % 3 == 0 ? std::to_string(i - 7) : fmt::format("{:.17g}", value);
    if (kind == 3) json += fmt::format("{:.1f}", std::round(value * 20));
  }
  return kind == 4 ? "" : json + "]";
}

// The line without the pair of `vec`, every other byte as it is.
std::string WithoutVector(const std::string& line) {
  const std::size_t at = line.find("\"vec\":");
  if (at == std::string::npos) return line;
  const std::size_t end = line.find_first_of("]l", at + 6) + 1;  // of an array, or of null
  if (line.compare(at - 1, 1, ",") == 0) return line.substr(0, at - 1) + line.substr(end);
  return line.substr(0, at) + line.substr(line.compare(end, 1, ",") == 0 ? end + 1 : end);
}

/// Collects the ids that have something in common.
class Ids {
 public:
  void Add(const std::string& id) {
    if (++count_ <= kListed) first_.push_back(id);
  }
  std::string Text(const std::string& what) const {
    if (count_ == 0) return "";
    return fmt::format("{} documents {} ({}…). ", count_, what, fmt::join(first_, ", "));
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> first_;
};

}  // namespace

std::string KillSchema(const std::string& name) {
  const auto optional = [](const char* field, const char* type) {
    return Json{{"name", field}, {"type", type}, {"optional", true}};
  };
  Json vector = optional("vec", "float[]");
  vector.update({{"num_dim", kKillOldLength},
                 {"vec_dist", "ip"},
                 {"hnsw_params", {{"M", 8}, {"ef_construction", 100}}}});
  return Json{{"name", name},
              {"metadata", {{"owner", "tests"}}},
              {"token_separators", {"-"}},
              {"fields",
               {optional("title", "string"), optional("note", "string"), optional("n", "float"),
                optional("is_default", "bool"), vector}}}
      .dump();
}

std::string KillDocuments(Random& random, std::size_t count, bool outside) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    // Some texts are those of other documents.
    const std::size_t text = i % 10 == 0 ? i / 2 : i;
    const std::size_t kind = fmt::format("d{}", i) == kSpared ? 0 : UpTo(random, 4);
    const std::string vector = OldVector(random, kind);
    lines +=
        fmt::format(R"({{"id":"d{}","title":"orders of region {} by week","note":"ü {}","n":{}.0,)"
                    R"("is_default":{},"big":12345678901234567890,"small":1e-07)",
                    i, text, i * 7, i, outside && i % 5 == 4);
    lines += vector.empty() ? "}\n" : ",\"vec\":" + vector + "}\n";
  }
  return lines;
}

KeptDocuments KeptOf(const std::string& exported) {
  KeptDocuments kept;
  for (auto& [id, document] : ParseExport(exported)) {
    const bool inside = !document.at("is_default").get<bool>();
    const bool vector = inside || document.contains("vec");
    document.erase("vec");
    kept[id] = {document, inside, vector};
  }
  return kept;
}

std::map<std::string, std::string> LinesById(const std::string& exported) {
  std::map<std::string, std::string> lines;
  std::istringstream in(exported);
  for (std::string line; std::getline(in, line);) {
    lines[Json::parse(line).at("id").get<std::string>()] = line;
  }
  return lines;
}

std::string ComparableSchema(const std::string& description, int length) {
  Json schema = Json::parse(description);
  for (const char* own : {"name", "created_at", "num_documents"}) schema.erase(own);
  Json& fields = schema.at("fields");
  for (Json& field : fields) {
    if (field.at("name") == "vec" && length != 0) field["num_dim"] = length;
  }
  std::sort(fields.begin(), fields.end(),
            [](const Json& a, const Json& b) { return a.at("name") < b.at("name"); });
  return schema.dump();
}

std::string ContentProblem(const std::string& exported, const std::string& before,
                           const KeptDocuments& kept, const std::set<std::string>& touched) {
  const auto now = LinesById(exported);
  const auto then = LinesById(before);
  Ids missing, changed, wrong, back;
  for (const auto& [id, document] : kept) {
    if (!now.contains(id)) {
      missing.Add(id);
    } else if (!touched.contains(id)) {
      if (WithoutVector(now.at(id)) != WithoutVector(then.at(id))) changed.Add(id);
    } else {
      Json stored = Json::parse(now.at(id));
      stored.erase("vec");
      if (stored != document.content) wrong.Add(id);
    }
  }
  for (const auto& [id, line] : now) {
    if (!kept.contains(id)) back.Add(id);
  }
  return missing.Text("are missing") + changed.Text("differ in another field") +
         wrong.Text("are not as the application wrote them") + back.Text("are back");
}

std::string VectorProblem(const std::string& exported, const KeptDocuments& kept,
                          const std::set<std::string>& touched, int length) {
  Ids wrong, unwanted;
  for (const auto& [id, document] : ParseExport(exported)) {
    if (!kept.contains(id)) continue;
    const bool has = document.contains("vec") && !document.at("vec").is_null();
    const bool right =
        has && StoredVector(document, "vec") == OpenAiVector(document.value("title", ""), length);
    if (kept.at(id).vector || (has && touched.contains(id))) {
      if (!right) wrong.Add(id);
    } else if (has) {
      unwanted.Add(id);
    }
  }
  return wrong.Text("have a wrong vector or none") + unwanted.Text("should have no vector");
}

std::string RestoredProblem(const std::string& exported, const std::string& before,
                            const std::set<std::string>& touched) {
  const auto now = LinesById(exported);
  Ids changed;
  for (const auto& [id, line] : LinesById(before)) {
    if (touched.contains(id)) continue;
    if (!now.contains(id) || now.at(id) != line) changed.Add(id);
  }
  return changed.Text("are not as before");
}

}  // namespace reembed::testing
