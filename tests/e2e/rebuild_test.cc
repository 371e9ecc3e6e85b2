// Another vector length in a collection under its own name.

#include <filesystem>
#include <string>
#include <vector>

#include "rebuild_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

using Ids = std::vector<std::string>;

constexpr const char* kFiltered = R"(,"filter_by":"is_default:=false")";

// The same documents, outside kFiltered.
std::string Outside(std::string lines) {
  const std::string inside = R"("is_default":false)";
  for (auto at = lines.find(inside); at != std::string::npos; at = lines.find(inside, at)) {
    lines.replace(at, inside.size(), R"("is_default":true)");
  }
  return lines;
}

/// 30 documents inside the filter; 6 outside with old vectors (`o0` …), 4 without (`w0` …).
void AddFiltered(RebuildStory& story, bool optional = true) {
  story.Add(30, kOldLength, optional);
  story.Insert(Outside(RichDocuments(6, story.field(), kOldLength, "o")));
  if (optional) story.Insert(Outside(RichDocuments(4, story.field(), 0, "w")));
  story.Configure(kFiltered);
}

/// Nothing was changed: neither schema nor documents, nor tried.
void CheckUntouched(RebuildStory& story, const Json& schema, const std::string& exported) {
  CHECK(story.Schema() == schema);
  CHECK(story.Exported() == exported);
  CHECK(story.Count("PATCH", "/collections/docs") == 0);
  CHECK(story.Count("POST", "/import") == 0);
  CHECK_FALSE(std::filesystem::exists(story.RecoveryFile()));
}

Json WithOptional(Json schema, const std::string& field) {
  for (Json& each : schema.at("fields")) {
    if (each.at("name") == field) each["optional"] = true;
  }
  return schema;
}

/// 20 documents in a field that documents must have, and one that cannot be embedded.
struct OneBad : RebuildStory {
  OneBad(const std::string& bad_title, const std::string& rule) {
    options.provider.modes.refuse_text = "forbidden";
    Add(20, kOldLength, /*optional=*/false);
    Insert(Inserted("bad", bad_title, field(), kOldLength));
    Configure(rule);
  }
};

}  // namespace

TEST_CASE("rebuild: from 1,536 to 768, all but the length is as it was") {
  RebuildStory story;
  story.Add(40, 1536);
  story.Configure();
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Ended ended = story.Migrate({}, 768);
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("Strategy: rebuild"));
  CHECK(story.Schema() == WithLength(schema, "vec", 768));
  CHECK(WithoutVectors(story.Exported(), "vec") == WithoutVectors(before, "vec"));
  CHECK(story.Wrong(768) == Ids());
  CHECK(story.NotFound(768) == Ids());
  CHECK(story.Paid() == 40);
  CHECK_FALSE(std::filesystem::exists(story.RecoveryFile()));
  // In place again, and nothing left to do.
  const Ended again = story.Migrate({}, 768);
  CHECK(again.exit_code == 0);
  CHECK(story.Paid() == 40);
  CHECK(story.Count("PATCH", "/collections/docs") == 2);
}

TEST_CASE("rebuild: of a nested field, at every depth, in required fields too") {
  RebuildStory story(GENERATE("meta.vec", "a.b.vec"));
  story.Add(30, kOldLength, /*optional=*/GENERATE(true, false));
  story.Configure();
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  story.Expect(0);
  CHECK(story.Schema() == WithLength(schema, story.field(), kNewLength));
  CHECK(WithoutVectors(story.Exported(), story.field()) == WithoutVectors(before, story.field()));
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
}

TEST_CASE("rebuild: asked for at the same length, it does the same") {
  RebuildStory story;
  story.Add(30, kNewLength);
  story.Configure();
  const Json schema = story.Schema();
  const Json docs = story.Expect(0, {"--strategy", "rebuild"});
  CHECK(docs.at("strategy") == "rebuild");
  CHECK(story.Count("PATCH", "/collections/docs") == 2);
  CHECK(story.Schema() == schema);
  CHECK(story.Wrong() == Ids());
  CHECK(story.NotFound() == Ids());
}

TEST_CASE("rebuild: documents outside the filter get vectors if they had one") {
  RebuildStory story(GENERATE("vec", "meta.vec"));
  AddFiltered(story);
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Json plan = story.Expect(0, {"--dry-run"}).at("plan");
  CHECK(plan.at("outside_filter") == 10);
  CHECK(plan.at("survey").at("outside_filter_with_vector") == 6);
  CHECK(plan.at("to_embed") == 36);
  const Json docs = story.Expect(0);
  CHECK(docs.at("status") == "completed");
  CHECK(docs.at("outside_filter") == 10);
  CHECK(docs.at("count") == 40);
  CHECK(docs.at("success") == 36);
  CHECK(docs.at("up_to_date") == 4);
  CHECK(story.Paid() == 37);  // and the question of the dry run
  CHECK(story.Schema() == WithLength(schema, story.field(), kNewLength));
  CHECK(story.Wrong() == Ids{"w0", "w1", "w2", "w3"});
  CHECK(WithoutVectors(story.Exported(), story.field()) == WithoutVectors(before, story.field()));
  // Byte for byte: no trace of a vector either.
  const Documents was = ParseExport(before);
  for (const auto& [id, document] : story.Export("docs")) {
    if (id.front() == 'w') CHECK(document.dump() == was.at(id).dump());
  }
}

TEST_CASE("rebuild: in a required field all documents outside the filter have one, and get one") {
  RebuildStory story;
  AddFiltered(story, /*optional=*/false);
  const Json schema = story.Schema();
  CHECK(story.Expect(0).at("success") == 36);
  CHECK(story.Schema() == WithLength(schema, "vec", kNewLength));
  CHECK(story.Wrong() == Ids());
}

TEST_CASE("rebuild: --outside-filter refuse is exit 4, and nothing is spent") {
  RebuildStory story;
  AddFiltered(story);
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Json docs = story.Expect(4, {"--outside-filter", "refuse"});
  CHECK(docs.at("status") == "error");
  CHECK_THAT(docs.at("message").get<std::string>(),
             ContainsSubstring("10 documents lie outside the filter"));
  CHECK(story.sandbox().provider().history().request_count() == 0);
  CheckUntouched(story, schema, before);
}

TEST_CASE("rebuild: a document that cannot be embedded stops it before the drop") {
  OneBad story("this is forbidden", "");
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Json docs = story.Expect(3);
  CHECK(docs.at("status") == "partial");
  CHECK(docs.at("failed") == 1);
  CHECK(docs.at("failures").at(0).at("id") == "bad");
  CHECK_THAT(docs.at("message").get<std::string>(), ContainsSubstring("--allow-missing"));
  CheckUntouched(story, schema, before);
  const std::size_t paid = story.Paid();

  SECTION("with --allow-missing it ends without a vector, and the field is optional") {
    const Json allowed = story.Expect(3, {"--allow-missing"});
    CHECK(allowed.at("failed") == 1);
    CHECK(allowed.at("success") == 20);
    CHECK(story.Schema() == WithOptional(WithLength(schema, "vec", kNewLength), "vec"));
    CHECK(story.Wrong() == Ids{"bad"});
    CHECK_FALSE(story.Export("docs").at("bad").value("vec", Json()).is_array());
    CHECK(WithoutVectors(story.Exported(), "vec") == WithoutVectors(before, "vec"));
  }
  SECTION("mended, it is all that is left to pay for") {
    story.Insert(Inserted("bad", "this is allowed", "vec", kOldLength));
    story.Expect(0);
    CHECK(story.Schema() == WithLength(schema, "vec", kNewLength));
    CHECK(story.Wrong() == Ids());
    CHECK(story.NotFound() == Ids());
  }
  CHECK(story.Paid() <= paid + 1);
  CHECK(story.PaidTwice() == 0);
}

TEST_CASE("rebuild: an empty text stops it as any other failure does") {
  OneBad story("", R"(,"on_empty_text":"fail")");
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Json docs = story.Expect(3);
  CHECK(docs.at("failures").at(0).at("kind") == "no_text");
  CheckUntouched(story, schema, before);
  story.Expect(3, {"--allow-missing"});
  CHECK(story.Schema() == WithOptional(WithLength(schema, "vec", kNewLength), "vec"));
  CHECK(story.Wrong() == Ids{"bad"});
}

TEST_CASE("rebuild: an empty text to be skipped needs an optional field, and nothing is paid") {
  OneBad story("", R"(,"on_empty_text":"skip")");
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  const Json docs = story.Expect(3);
  CHECK_THAT(docs.at("message").get<std::string>(), ContainsSubstring("--allow-missing"));
  CHECK(story.Paid() == 0);
  CheckUntouched(story, schema, before);
  const Json allowed = story.Expect(0, {"--allow-missing"});
  CHECK(allowed.at("skipped") == 1);
  CHECK(allowed.at("success") == 20);
  CHECK(story.Schema() == WithOptional(WithLength(schema, "vec", kNewLength), "vec"));
  CHECK(story.Wrong() == Ids{"bad"});
}

TEST_CASE("rebuild: in an optional field a skipped document ends without a vector") {
  RebuildStory story(GENERATE("vec", "meta.vec"));
  story.Add(20);
  story.Insert(Inserted("bad", "", story.field(), kOldLength));
  story.Configure(R"(,"on_empty_text":"skip")");
  const Json schema = story.Schema();
  const std::string before = story.Exported();
  CHECK(story.Expect(0).at("skipped") == 1);
  CHECK(story.Schema() == WithLength(schema, story.field(), kNewLength));
  CHECK(story.Wrong() == Ids{"bad"});
  CHECK(WithoutVectors(story.Exported(), story.field()) == WithoutVectors(before, story.field()));
  // In place from now on, and nothing to do.
  const std::size_t paid = story.Paid();
  CHECK(story.Expect(0).at("success") == 0);
  CHECK(story.Paid() == paid);
  CHECK(story.Count("POST", "/import") > 0);
}
