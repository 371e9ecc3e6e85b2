#include "src/io/typesense/copier.h"

#include <algorithm>
#include <memory>

#include "src/io/typesense/store_writer.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

constexpr const char* kExists =
    R"({"code":409,"error":"A document with id a already exists.","success":false})";

constexpr const char* kUnfit =
    R"({"code":400,"error":"Field `vec` must be an array.","success":false})";
constexpr const char* kSchema = R"({"name":"my docs","num_documents":1,"fields":[)"
                                R"({"name":"t","type":"string"},{"name":"n","type":"int32"},)"
                                R"({"name":"vec","type":"float[]","num_dim":2}]})";

struct CopierFixture : testing::ClientFixture {
  std::unique_ptr<DocumentCopier> copier = TypesenseWriter(client).MakeCopier("my docs");

  Result<std::vector<CopyOutcome>> Apply(CopyAction action) {
    const std::vector<DocumentCopy> documents = {{"a", R"({"id":"a","t":1.0})"},
                                                 {"b", R"({"id":"b"})"}};
    return copier->Apply(documents, action, stop);
  }
  // Shows the schema and refuses every line of an import for its content.
  void RefuseLines() {
    http.Otherwise([](const HttpRequest& request) {
      if (request.method == "GET") return HttpResponse{200, {}, kSchema};
      const auto lines = std::count(request.body.begin(), request.body.end(), '\n');
      std::string answer;
      for (int i = 0; i < lines; ++i) answer.append(i > 0 ? "\n" : "").append(kUnfit);
      return HttpResponse{200, {}, answer};
    });
  }
};

TEST_CASE("copier: upserts whole documents, byte for byte") {
  CopierFixture fix;
  fix.http.Reply(200,
                 "{\"success\":true}\n{\"code\":400,\"error\":\"Field `vec` must have 4 "
                 "dimensions.\",\"success\":false}");
  const auto outcomes = fix.Apply(CopyAction::kUpsert);
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == CopyState::kWritten);
  CHECK((*outcomes)[1].state == CopyState::kRejected);
  CHECK((*outcomes)[1].message == "Field `vec` must have 4 dimensions. (code 400)");
  const auto sent = fix.http.sent();
  CHECK(sent[0].url ==
        "http://ts:8108/collections/my%20docs/documents/import?action=upsert&dirty_values=reject");
  CHECK(sent[0].body == "{\"id\":\"a\",\"t\":1.0}\n{\"id\":\"b\"}\n");
}

TEST_CASE("copier: a create leaves what is there") {
  CopierFixture fix;
  fix.http.Reply(200, std::string(kExists) + "\n{\"success\":true}");
  const auto outcomes = fix.Apply(CopyAction::kCreate);
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == CopyState::kExists);
  CHECK((*outcomes)[1].state == CopyState::kWritten);
  CHECK_THAT(fix.http.sent()[0].url, ContainsSubstring("action=create"));
}

TEST_CASE("copier: only the lines with server trouble are sent again") {
  CopierFixture fix;
  fix.http.Reply(200, "{\"success\":true}\n{\"code\":500,\"error\":\"disk\",\"success\":false}");
  fix.http.Reply(200, "{\"success\":true}");
  CHECK((*fix.Apply(CopyAction::kUpsert))[1].state == CopyState::kWritten);
  CHECK(fix.http.sent()[1].body == "{\"id\":\"b\"}\n");
}

TEST_CASE("copier: requests that are too big are halved") {
  CopierFixture fix;
  fix.http.Reply(413, "<html>");
  fix.http.Reply(200, "{\"success\":true}");
  fix.http.Reply(200, "{\"success\":true}");
  CHECK((*fix.Apply(CopyAction::kUpsert))[1].state == CopyState::kWritten);
  CHECK(fix.http.sent()[2].body == "{\"id\":\"b\"}\n");
}

TEST_CASE("copier: deletes by id and tells what was not there") {
  CopierFixture fix;
  fix.http.Reply(200, R"({"id":"a/b"})");
  fix.http.Reply(404, R"({"message": "Could not find a document with id: search"})");
  const std::vector<std::string> ids = {"a/b", "search", ""};
  const auto outcomes = fix.copier->Delete(ids, fix.stop);
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK((*outcomes)[1].state == UpdateState::kDeleted);
  CHECK((*outcomes)[2].state == UpdateState::kDeleted);
  CHECK(fix.http.lines() ==
        std::vector<std::string>{
            "DELETE http://ts:8108/collections/my%20docs/documents/a%2Fb",
            "DELETE http://ts:8108/collections/my%20docs/documents/%73%65%61%72%63%68"});
}

TEST_CASE("copier: a deletion in a collection that is gone, or without the right") {
  CopierFixture fix;
  fix.http.Reply(404, R"({"message": "Collection not found"})");
  fix.http.Reply(401, R"({"message": "Forbidden"})");
  const std::vector<std::string> ids = {"a"};
  CHECK_THAT(fix.copier->Delete(ids, fix.stop).error().message,
             ContainsSubstring("the collection 'my docs' was deleted or renamed"));
  CHECK_THAT(fix.copier->Delete(ids, fix.stop).error().message,
             ContainsSubstring("needs the action documents:delete."));
}

const DocumentChange kChange = {.id = "a", .members = R"({"n":7})", .seen = R"({"id":"a","n":5})"};

TEST_CASE("copier: a document is changed while it is as it was seen") {
  CopierFixture fix;
  fix.http.Reply(200, kSchema);
  fix.http.Reply(200, R"({"num_updated":1})");
  fix.http.Reply(200, R"({"num_updated":0})");
  CHECK(fix.copier->Change(kChange, fix.stop)->state == ChangeState::kWritten);
  CHECK(fix.copier->Change(kChange, fix.stop)->state == ChangeState::kNotAsSeen);
  CHECK(fix.http.lines()[1] ==
        "PATCH http://ts:8108/collections/my%20docs/documents?filter_by="
        "%28n%3A%3D5%29%20%26%26%20id%3A%5B%60a%60%5D&dirty_values=reject");
  CHECK(fix.http.sent()[1].body == R"({"n":7})");
}

TEST_CASE("copier: a document is changed whatever it is by an import line") {
  CopierFixture fix;
  DocumentChange change = kChange;
  SECTION("when nothing is said of how it was") {
    change.seen = "";
  }
  SECTION("when no filter can tell") {
    fix.http.Reply(200, kSchema);
    change.members = R"({"other":7})";
  }
  SECTION("when the key may not filter") {
    fix.http.Reply(200, kSchema);
    fix.http.Reply(401, R"({"message": "Forbidden"})");
  }
  fix.http.Reply(200, "{\"success\":true}");
  fix.http.Reply(200, R"({"code":404,"error":"Could not find a document with id: a",)"
                      R"("success":false})");
  fix.http.Reply(200, kUnfit);
  CHECK(fix.copier->Change(change, fix.stop)->state == ChangeState::kWritten);
  CHECK_THAT(fix.http.sent().back().url, ContainsSubstring("import?action=update&dirty_values="));
  CHECK(fix.http.sent().back().body == "{\"id\":\"a\"," + change.members.substr(1) + "\n");
  change.seen = "";
  CHECK(fix.copier->Change(change, fix.stop)->state == ChangeState::kGone);
  const auto refused = fix.copier->Change(change, fix.stop);
  CHECK(refused->state == ChangeState::kRejected);
  CHECK_THAT(refused->message, ContainsSubstring("must be an array"));
}

TEST_CASE("copier: takes a document and tells what it was") {
  CopierFixture fix;
  fix.http.Reply(200, kSchema);
  fix.http.Reply(200, R"({"id":"a","n":5})");
  fix.http.Reply(404, R"({"message": "Could not find a document with id: a"})");
  CHECK(*fix.copier->Take("a", fix.stop) == R"({"id":"a","n":5})");
  CHECK(fix.copier->Take("a", fix.stop)->empty());
  CHECK(fix.copier->Take("", fix.stop)->empty());
  CHECK(fix.http.sent().size() == 3);
}

TEST_CASE("copier: ids are used up by creates that do not fit, a single one first") {
  CopierFixture fix;
  fix.RefuseLines();
  REQUIRE(fix.copier->UseUpIds("a", 10'005, fix.stop).ok());
  const auto sent = fix.http.sent();
  CHECK(sent[0].method + " " + sent[0].url == "GET http://ts:8108/collections/my%20docs");
  CHECK(sent[1].body == "{\"id\":\"reembed-unused-0\",\"vec\":\"x\"}\n{\"id\":\"a\"}\n");
  CHECK_THAT(sent[1].url, ContainsSubstring("action=create&dirty_values=reject"));
  CHECK_THAT(sent[2].body, ContainsSubstring("\"reembed-unused-4999\""));
  std::vector<std::ptrdiff_t> lines;
  for (const auto& request : sent) {
    lines.push_back(std::count(request.body.begin(), request.body.end(), '\n'));
  }
  CHECK(lines == std::vector<std::ptrdiff_t>{0, 2, 10'000, 10'000, 8});
}

TEST_CASE("copier: a nested vector takes the text at its place") {
  CopierFixture fix;
  fix.http.Reply(200, R"({"name":"my docs","num_documents":1,"enable_nested_fields":true,)"
                      R"("fields":[{"name":"n","type":"int32"},)"
                      R"({"name":"meta.vec","type":"float[]","num_dim":2}]})");
  fix.http.Reply(200, std::string(kUnfit) + "\n" + kExists);
  REQUIRE(fix.copier->UseUpIds("a", 1, fix.stop).ok());
  CHECK(fix.http.sent()[1].body ==
        "{\"id\":\"reembed-unused-0\",\"meta\":{\"vec\":\"x\"}}\n{\"id\":\"a\"}\n");
}

TEST_CASE("copier: using up no ids asks for nothing") {
  CopierFixture fix;
  CHECK(fix.copier->UseUpIds("a", 0, fix.stop).ok());
  CHECK(fix.http.sent().empty());
}

TEST_CASE("copier: a document that is created after all is deleted again") {
  CopierFixture fix;
  fix.http.Reply(200, kSchema);
  fix.http.Reply(200, std::string("{\"success\":true}\n") + kExists);
  fix.http.Reply(200, R"({"id":"reembed-unused-0"})");
  const Status used = fix.copier->UseUpIds("a", 500, fix.stop);
  CHECK(used.error().kind == ErrorKind::kRefused);
  CHECK_THAT(used.error().message, ContainsSubstring("which was deleted again"));
  CHECK(fix.http.lines()[2] ==
        "DELETE http://ts:8108/collections/my%20docs/documents/reembed-unused-0");
  CHECK(fix.http.sent().size() == 3);
}

TEST_CASE("copier: any other answer than a refused content ends it") {
  CopierFixture fix;
  fix.http.Reply(200, kSchema);
  fix.http.Reply(200, std::string(kExists) + "\n" + kExists);
  const Status used = fix.copier->UseUpIds("a", 500, fix.stop);
  CHECK(used.error().kind == ErrorKind::kRefused);
  CHECK_THAT(used.error().message, ContainsSubstring("already exists. (code 409)"));
  CHECK(fix.http.sent().size() == 2);
}

TEST_CASE("copier: a schema in which every text fits") {
  CopierFixture fix;
  fix.http.Reply(200, R"({"name":"my docs","num_documents":1,"fields":[)"
                      R"({"name":"t","type":"string"},{"name":".*","type":"float"}]})");
  CHECK_THAT(fix.copier->UseUpIds("a", 1, fix.stop).error().message,
             ContainsSubstring("has no vector and no number"));
  CHECK(fix.http.sent().size() == 1);
}

}  // namespace
}  // namespace reembed
