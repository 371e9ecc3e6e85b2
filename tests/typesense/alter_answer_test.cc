#include "src/io/typesense/alter_answer.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

// What the server said to the recorded step of that name.
std::string Recorded(const std::string& scenario, const std::string& step) {
  std::ifstream file(std::string(REEMBED_TEST_DATA) + "/transcripts/" + scenario + ".json");
  const auto recording = nlohmann::json::parse(file);
  for (const auto& entry : recording.at("steps")) {
    if (entry.at("name") != step) continue;
    const std::string body = entry.at("response").at("body");
    return nlohmann::json::parse(body).at("message");
  }
  throw std::logic_error("no step " + step);
}

TEST_CASE("alter answer: every recorded refusal has its meaning") {
  struct Row {
    const char* scenario;
    const char* step;
    const char* field;
    AlterRefusal meaning;
  };
  const char* const kPatch = "11-schema-patch";
  const char* const kChange = "12-dimension-change";
  const Row rows[] = {
      {kChange, "add fails: one old length is left", "vec", AlterRefusal::kUnfit},
      {kChange, "add optional fails too", "vec", AlterRefusal::kUnfit},
      {kChange, "drop and add with other num_dim", "vec", AlterRefusal::kUnfit},
      {kChange, "add fails: missing and required", "vec", AlterRefusal::kUnfit},
      {kPatch, "add with an incompatible type", "late", AlterRefusal::kUnfit},
      {kPatch, "add with an incompatible type", "vec", AlterRefusal::kOther},
      {kPatch, "drop unknown field", "nope", AlterRefusal::kMissing},
      {kPatch, "drop it again", "vec", AlterRefusal::kMissing},
      {kPatch, "add existing field", "vec", AlterRefusal::kThere},
      {kChange, "add the nested vector with the new length", "meta.vec", AlterRefusal::kThere},
      {kChange, "add the nested vector with the new length", "vec", AlterRefusal::kOther},
      {kPatch, "alter id", "id", AlterRefusal::kOther},
      {kPatch, "drop false", "late", AlterRefusal::kOther},
      {kPatch, "bad JSON", "vec", AlterRefusal::kOther},
      {kPatch, "field without type", "q", AlterRefusal::kOther},
  };
  for (const Row& row : rows) {
    CAPTURE(row.step, row.field);
    CHECK(ClassifyAlter(Recorded(row.scenario, row.step), row.field) == row.meaning);
  }
}

TEST_CASE("alter answer: documents that do not fit another field are no fault of this one") {
  const std::string text =
      "Typesense at ts:8108 answered 400: Schema change is incompatible with the type of documents "
      "already stored in this collection. Existing data for field `mem` cannot be coerced into a "
      "string.";
  CHECK(ClassifyAlter(text, "vec") == AlterRefusal::kOther);
  CHECK(ClassifyAlter(text, "mem") == AlterRefusal::kUnfit);
}

TEST_CASE("alter answer: values that are no numbers do not fit") {
  CHECK(ClassifyAlter("Schema change is incompatible with the type of documents already stored in "
                      "this collection. Existing data for field `vec` cannot be coerced into a "
                      "array of float.",
                      "vec") == AlterRefusal::kUnfit);
  CHECK(ClassifyAlter("Schema change is incompatible with the type of documents already stored in "
                      "this collection. error: Field `vec` must be an array.",
                      "vec") == AlterRefusal::kUnfit);
}

}  // namespace
}  // namespace reembed
