#pragma once

#include <map>
#include <string>
#include <utility>

#include "tests/support/catch2.h"
#include "way_back_fixture.h"

namespace reembed::testing {

inline constexpr std::size_t kRebuiltDocuments = 300;

/// A collection `a` whose vectors have three components, of every spelling; the model gives two.
struct RebuiltFixture : WayBackFixture {
  std::map<std::string, std::string> before;
  std::string definition;

  explicit RebuiltFixture(bool optional = true, std::size_t documents = kRebuiltDocuments) {
    config.collections.push_back(Configured("a"));
    store.collections["a"] = MakeCollection("a", documents, 3);
    for (const Document& document : collection().documents) {
      collection().raw_fields[document.id] = "[0.25,1.5," + document.id + ".125]";
    }
    collection().raw_fields["0"] = "[0.12345678901234567,1,-2.5]";
    collection().raw_fields["1"] = "[1,2,3]";
    collection().raw_fields["2"] = "[1.0,2.0,3.0]";
    if (optional) {
      collection().raw_fields.erase("3");
    } else {
      for (FieldSchema& one : collection().schema.fields) {
        if (one.name != "vec") continue;
        one.optional = false;
        one.definition = *WithDimensions(one.definition, 3, false);
        one.definition.replace(one.definition.find("true"), 4, "false");
      }
    }
    definition = collection().schema.Find("vec")->definition;
    before = Fields("a");
    clock.HoldFrom(Seconds(120));
  }
  FakeCollection& collection() { return store.collections.at("a"); }
  const FieldSchema* field() { return collection().schema.Find("vec"); }
  void Insert(const std::string& id, Embedding vector) {
    collection().SetTitle(id, "text " + id);
    collection().vectors[id] = std::move(vector);
  }

  void CheckBack() {
    REQUIRE(field() != nullptr);
    CHECK(field()->definition == definition);
    CHECK(Fields("a") == before);
    for (const Cutover& cutover : Cutovers()) {
      CHECK_FALSE(cutover.IsOpen());
      if (cutover.kind == CutoverKind::kRebuild) CHECK(cutover.step == CutoverStep::kUndone);
    }
    CHECK(recovery.files.empty());
    for (const RunRecord& run : Runs()) CHECK(run.state == RunState::kRolledBack);
  }
};

}  // namespace reembed::testing
