#include "src/io/typesense/schema_editor.h"

#include <memory>

#include "src/io/typesense/store_writer.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::InSeconds;
using testing::Nodes;

constexpr const char* kDefinition =
    R"({"facet":false,"hnsw_params":{"M":8,"ef_construction":40},"index":true,"infix":false,)"
    R"("locale":"","name":"vec","num_dim":4,"optional":true,"sort":false,"stem":false,)"
    R"("stem_dictionary":"","store":true,"type":"float[]","vec_dist":"ip"})";
constexpr const char* kUnfit =
    R"({"message": "Schema change is incompatible with the type of documents already stored in )"
    R"(this collection. error: Field `vec` must have 4 dimensions."})";
constexpr const char* kThere =
    R"({"message": "Field `vec` is already part of the schema: To change this field, drop it )"
    R"(first before adding it back to the schema."})";
constexpr const char* kAbsent = R"({"message": "Field `vec` is not part of collection schema."})";
constexpr const char* kBusy =
    R"({"message": "Another collection update operation is in progress."})";
constexpr const char* kAltering =
    R"([{"alter_history":[],"altered_docs":3,"collection":"docs","validated_docs":9}])";

// The schema of `docs` with this field, or without any.
std::string Schema(const std::string& field = "") {
  return R"({"name":"docs","num_documents":3,"fields":[)" + field + "]}";
}

std::string VectorOf(int dimensions) {
  return R"({"name":"vec","type":"float[]","num_dim":)" + std::to_string(dimensions) + "}";
}

struct EditorFixture : testing::ClientFixture {
  using ClientFixture::ClientFixture;

  std::unique_ptr<SchemaEditor> editor = TypesenseWriter(client).MakeSchemaEditor();

  Result<AlterResult> Add() { return editor->AddField("docs", kDefinition, stop); }
  void Refuse(const char* body) { http.Reply(400, body); }
};

const std::string kAddBody = std::string(R"({"fields":[)") + kDefinition + "]}";
const std::string kDropAndAddBody =
    std::string(R"({"fields":[{"drop":true,"name":"vec"},)") + kDefinition + "]}";
const std::string kPatchLine = "PATCH http://ts:8108/collections/docs";
const std::string kSchemaLine = "GET http://ts:8108/collections/docs";
const std::string kChangesLine = "GET http://ts:8108/operations/schema_changes";

TEST_CASE("editor: a field is dropped by its real name, and fine when it is not there") {
  EditorFixture fix;
  fix.http.Reply(200, R"({"fields":[{"drop":true,"embed":null,"name":"vec"}]})");
  fix.Refuse(kAbsent);
  CHECK(fix.editor->DropField("my docs", "vec", fix.stop).ok());
  CHECK(fix.editor->DropField("my docs", "vec", fix.stop).ok());
  const auto sent = fix.http.sent();
  CHECK(sent[0].method == "PATCH");
  CHECK(sent[0].url == "http://ts:8108/collections/my%20docs");
  CHECK(sent[0].Header("Content-Type") == "application/json");
  CHECK(sent[0].body == R"({"fields":[{"drop":true,"name":"vec"}]})");
  CHECK(sent[0].timeouts.total == Millis{0});
  CHECK(sent[0].timeouts.idle == Millis{0});
}

TEST_CASE("editor: a drop that the documents of another field forbid is refused") {
  EditorFixture fix;
  fix.Refuse(R"({"message": "Schema change is incompatible with the type of documents already )"
             R"(stored in this collection. Existing data for field `mem` cannot be coerced into a )"
             R"(string."})");
  const Status dropped = fix.editor->DropField("docs", "vec", fix.stop);
  CHECK(dropped.error().kind == ErrorKind::kRefused);
  CHECK_THAT(dropped.error().message, ContainsSubstring("`mem` cannot be coerced"));
}

TEST_CASE("editor: a field is added with every attribute of its definition") {
  EditorFixture fix;
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(*fix.Add() == AlterResult::kDone);
  CHECK(fix.http.sent()[0].body == kAddBody);
}

TEST_CASE("editor: documents that do not fit are an answer, not an error") {
  EditorFixture fix;
  fix.Refuse(kUnfit);
  CHECK(*fix.Add() == AlterResult::kUnfit);
  REQUIRE(fix.log.lines().size() == 1);
  CHECK_THAT(fix.log.lines()[0], ContainsSubstring("must have 4 dimensions"));
}

TEST_CASE("editor: a field that is there as defined is fine") {
  EditorFixture fix;
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(VectorOf(4)));
  CHECK(*fix.Add() == AlterResult::kDone);
  CHECK(fix.http.lines() == std::vector<std::string>{kPatchLine, kSchemaLine});
}

TEST_CASE("editor: a field that the server has detected by itself is replaced in one request") {
  EditorFixture fix;
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(R"({"name":"vec","type":"int64[]"})"));
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(*fix.Add() == AlterResult::kDone);
  CHECK(fix.http.sent()[2].body == kDropAndAddBody);
}

TEST_CASE("editor: a field of another length is somebody else's") {
  EditorFixture fix;
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(VectorOf(3)));
  const auto added = fix.Add();
  REQUIRE_FALSE(added.ok());
  CHECK(added.error().kind == ErrorKind::kRefused);
  CHECK_THAT(added.error().message,
             ContainsSubstring("the field 'vec' of 'docs' is there already, with 3 dimensions "
                               "instead of 4: somebody else has added it."));
}

TEST_CASE("editor: a field that vanishes between drop and add is added") {
  EditorFixture fix;
  fix.Refuse(kAbsent);
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(*fix.editor->ReplaceField("docs", kDefinition, fix.stop) == AlterResult::kDone);
  CHECK(fix.http.sent()[0].body == kDropAndAddBody);
  CHECK(fix.http.sent()[1].body == kAddBody);
}

TEST_CASE("editor: what is no definition is not sent") {
  EditorFixture fix;
  for (const char* definition : {"", "[]", R"({"type":"float[]"})", R"({"name":1,"type":"t"})"}) {
    CHECK(fix.editor->AddField("docs", definition, fix.stop).error().kind == ErrorKind::kRefused);
  }
  CHECK(fix.http.sent().empty());
}

TEST_CASE("editor: another alteration is waited for without a limit while the server shows it") {
  EditorFixture fix;
  fix.http.Reply(422, kBusy);
  for (int i = 0; i < 100; ++i) fix.http.Reply(200, kAltering);
  fix.http.Reply(200, "[]");
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(fix.editor->DropField("docs", "vec", fix.stop).ok());
  const auto lines = fix.http.lines();
  CHECK(lines.front() == kPatchLine);
  CHECK(lines.back() == kPatchLine);
  CHECK(lines.size() == 103);
  Millis waited{0};
  for (const Millis wait : fix.clock.waits()) waited += wait;
  CHECK(waited > Seconds(1800));  // the patience
}

TEST_CASE("editor: an alteration of another collection is not waited for") {
  EditorFixture fix;
  fix.http.Reply(422, kBusy);
  fix.http.Reply(200, R"([{"collection":"others"}])");
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(fix.editor->DropField("docs", "vec", fix.stop).ok());
  CHECK(fix.clock.waits() == InSeconds({1}));
}

TEST_CASE("editor: where the server does not list alterations the request is repeated") {
  EditorFixture fix;
  for (const char* answer : {R"({ "message": "Not Found"})", "null"}) {
    CAPTURE(answer);
    fix.http.Reply(422, kBusy);
    fix.http.Reply(answer[0] == 'n' ? 200 : 404, answer);
    fix.Refuse(kAbsent);
    CHECK(fix.editor->DropField("docs", "vec", fix.stop).ok());
  }
}

TEST_CASE("editor: a lost add is sent again, and its refusal is the proof") {
  EditorFixture fix;
  fix.http.Fail(ErrorKind::kTransient, "connection reset");
  fix.http.Reply(200, "[]");
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(VectorOf(4)));
  CHECK(*fix.Add() == AlterResult::kDone);
  CHECK(fix.http.lines() ==
        std::vector<std::string>{kPatchLine, kChangesLine, kPatchLine, kSchemaLine});
}

TEST_CASE("editor: a lost drop and add is looked up before anything is sent again") {
  EditorFixture fix;
  fix.http.Fail(ErrorKind::kTransient, "proxy timeout");
  fix.http.Reply(200, kAltering);
  fix.http.Reply(200, "[]");
  fix.http.Reply(200, Schema(kDefinition));
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(kDefinition));
  CHECK(*fix.editor->ReplaceField("docs", kDefinition, fix.stop) == AlterResult::kDone);
  const auto sent = fix.http.sent();
  CHECK(sent[0].body == kDropAndAddBody);
  CHECK(sent[4].body == kAddBody);  // asks without building an index again
  CHECK(sent.size() == 6);
}

TEST_CASE("editor: a lost drop and add that had no effect is sent again") {
  EditorFixture fix;
  fix.http.Fail(ErrorKind::kTransient, "connection reset");
  fix.http.Reply(404, "");
  fix.http.Reply(200, Schema(VectorOf(3)));
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(*fix.editor->ReplaceField("docs", kDefinition, fix.stop) == AlterResult::kDone);
  CHECK(fix.http.sent()[3].body == kDropAndAddBody);
}

TEST_CASE("editor: a follower that lags does not pass an old field for the new one") {
  EditorFixture fix(Nodes({"http://a:8108", "http://b:8108"}));
  fix.Refuse(kThere);
  fix.http.Reply(200, Schema(VectorOf(4)));  // its turn: as before the drop
  fix.http.Reply(200, Schema(R"({"name":"vec","type":"float[]"})"));
  for (int i = 0; i < 3; ++i) {
    fix.http.Reply(200, Schema(R"({"name":"vec","type":"float[]"})"));
  }
  fix.http.Reply(200, R"({"fields":[]})");
  CHECK(*fix.Add() == AlterResult::kDone);
  CHECK(fix.http.sent().back().body == kDropAndAddBody);
  CHECK(fix.clock.waits() == InSeconds({1}));
}

TEST_CASE("editor: a connection that stays silent after the alteration is lost") {
  EditorFixture fix;
  fix.http.Handle([](const HttpRequest& request) -> Result<HttpResponse> {
    CHECK(request.on_silence(Seconds(60)));
    CHECK(request.on_silence(Seconds(5400)));  // beyond the patience
    CHECK_FALSE(request.on_silence(Seconds(5460)));
    return Error{.kind = ErrorKind::kOutage, .message = "no answer"};
  });
  for (int i = 0; i < 2; ++i) {
    fix.http.Reply(200, kAltering);
    fix.http.Reply(200, R"({"ok":true})");
  }
  fix.http.Reply(200, "[]");
  fix.http.Reply(200, "[]");
  fix.Refuse(kAbsent);
  CHECK(fix.editor->DropField("docs", "vec", fix.stop).ok());
  CHECK_THAT(fix.activity.waits()[0], ContainsSubstring("to answer a change of the schema (60 s"));
}

TEST_CASE("editor: a key that lacks an action is told which") {
  struct Row {
    const char* action;
    std::function<Status(SchemaEditor&, const StopTokens&)> call;
  };
  const Row rows[] = {
      {"collections:update", [](auto& e, auto& s) { return e.DropField("docs", "vec", s); }},
      {"collections:update", [](auto& e, auto& s) { return e.SetMetadata("docs", "{}", s); }},
      {"collections:create", [](auto& e, auto& s) { return e.Clone("docs", "docs_r1", s); }},
      {"aliases:upsert", [](auto& e, auto& s) { return e.PointAlias("a", "docs", s); }},
      {"collections:delete", [](auto& e, auto& s) { return e.DeleteCollection("docs", s); }},
  };
  for (const Row& row : rows) {
    EditorFixture fix;
    fix.http.Reply(401, R"({"message": "Forbidden"})");
    const Status status = row.call(*fix.editor, fix.stop);
    CAPTURE(row.action);
    CHECK(status.error().kind == ErrorKind::kRefused);
    CHECK_THAT(status.error().message,
               ContainsSubstring(std::string("This call needs the action ") + row.action + "."));
    CHECK(fix.http.sent().size() == 1);
  }
}

TEST_CASE("editor: clones, and finds a clone that is there fine") {
  EditorFixture fix;
  fix.http.Reply(201, Schema());
  fix.Refuse(R"({"message": "Collection with name `b` already exists."})");
  fix.Refuse(R"({"message": "Collection with name `a/1` not found."})");
  CHECK(fix.editor->Clone("a/1", "b", fix.stop).ok());
  CHECK(fix.editor->Clone("a/1", "b", fix.stop).ok());
  CHECK(fix.editor->Clone("a/1", "b", fix.stop).error().kind == ErrorKind::kNotFound);
  CHECK(fix.http.lines()[0] == "POST http://ts:8108/collections?src_name=a%2F1");
  CHECK(fix.http.sent()[0].body == R"({"name":"b"})");
}

TEST_CASE("editor: metadata is sent as it was read") {
  EditorFixture fix;
  fix.http.Reply(200, R"({"metadata":{}})");
  CHECK(fix.editor->SetMetadata("docs", R"({"k":{"deep":[1,2.5]}})", fix.stop).ok());
  CHECK(fix.http.sent()[0].body == R"({"metadata":{"k":{"deep":[1,2.5]}}})");
  CHECK(fix.editor->SetMetadata("docs", "text", fix.stop).error().kind == ErrorKind::kRefused);
}

TEST_CASE("editor: an alias with a collection's name is refused at once") {
  EditorFixture fix;
  fix.http.Reply(500, R"({"message": "Name `docs` conflicts with an existing collection name."})");
  const Status pointed = fix.editor->PointAlias("docs", "docs_r1", fix.stop);
  CHECK(pointed.error().kind == ErrorKind::kRefused);
  CHECK(fix.http.lines() == std::vector<std::string>{"PUT http://ts:8108/aliases/docs"});
  CHECK(fix.http.sent()[0].body == R"({"collection_name":"docs_r1"})");
}

TEST_CASE("editor: a collection that is gone needs no deletion") {
  EditorFixture fix;
  fix.http.Fail(ErrorKind::kTransient, "connection reset");
  fix.http.Reply(404, R"({"message": "No collection with name `docs` found."})");
  CHECK(fix.editor->DeleteCollection("docs", fix.stop).ok());
  CHECK(fix.http.lines()[1] == "DELETE http://ts:8108/collections/docs");
}

TEST_CASE("editor: a stop ends the wait") {
  EditorFixture fix;
  fix.http.Otherwise([](const HttpRequest& request) {
    const bool patch = request.method == "PATCH";
    return HttpResponse{patch ? 422 : 200, {}, patch ? kBusy : kAltering};
  });
  fix.clock.OnSleep([&](Millis) {
    fix.drain.request_stop();
    fix.abort.request_stop();
  });
  CHECK(fix.editor->DropField("docs", "vec", fix.stop).error().kind == ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace reembed
