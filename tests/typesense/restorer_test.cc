#include "src/io/typesense/restorer.h"

#include <algorithm>
#include <memory>

#include "src/io/typesense/store_writer.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

struct RestorerFixture : testing::ClientFixture {
  std::unique_ptr<FieldRestorer> restorer =
      TypesenseWriter(client).MakeRestorer({.collection = "c", .field = "vec"});

  Result<std::vector<UpdateOutcome>> Apply(const std::vector<RestoredField>& documents) {
    return restorer->Apply(documents, stop);
  }
};

TEST_CASE("restorer: sends each value as it was spelled") {
  RestorerFixture fix;
  fix.http.Reply(200,
                 "{\"success\":true}\n{\"success\":true}\n"
                 "{\"code\":404,\"error\":\"Could not find a document with id: "
                 "c\",\"success\":false}");
  const auto outcomes =
      fix.Apply({{"a", {"[1.0,0.10000000149011612]", 0}}, {"b", {"null", 0}}, {"c", {"\"t\"", 0}}});
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK((*outcomes)[2].state == UpdateState::kDeleted);
  CHECK(fix.http.sent()[0].url ==
        "http://ts:8108/collections/c/documents/import?action=update&dirty_values=reject");
  CHECK(fix.http.sent()[0].body ==
        "{\"id\":\"a\",\"vec\":[1.0,0.10000000149011612]}\n{\"id\":\"b\",\"vec\":null}\n"
        "{\"id\":\"c\",\"vec\":\"t\"}\n");
}

TEST_CASE("restorer: a null goes to its level of a nested field") {
  RestorerFixture fix;
  fix.restorer = TypesenseWriter(fix.client)
                     .MakeRestorer({.collection = "c", .field = "m.a.vec", .nested = true});
  fix.http.Reply(200, "{\"success\":true}\n{\"success\":true}\n{\"success\":true}");
  REQUIRE(fix.Apply({{"1", {"null", 0}}, {"2", {"null", 1}}, {"3", {"[1]", 2}}}).ok());
  CHECK(fix.http.sent()[0].body ==
        "{\"id\":\"1\",\"m\":null}\n{\"id\":\"2\",\"m\":{\"a\":null}}\n"
        "{\"id\":\"3\",\"m\":{\"a\":{\"vec\":[1]}}}\n");
}

TEST_CASE("restorer: more than 8 MiB goes in several requests") {
  RestorerFixture fix;
  const std::string large = "\"" + std::string(std::size_t{3} << 20, 'x') + "\"";
  std::vector<std::size_t> lines;
  fix.http.Otherwise([&](const HttpRequest& request) {
    const auto count = std::count(request.body.begin(), request.body.end(), '\n');
    lines.push_back(static_cast<std::size_t>(count));
    return HttpResponse{
        200, {}, count == 2 ? "{\"success\":true}\n{\"success\":true}" : "{\"success\":true}"};
  });
  const auto outcomes = fix.Apply({{"a", {large, 0}}, {"b", {large, 0}}, {"c", {large, 0}}});
  REQUIRE(outcomes.ok());
  CHECK(lines == std::vector<std::size_t>{2, 1});
}

TEST_CASE("restorer: a field that may not be null is rejected with the server's words") {
  RestorerFixture fix;
  fix.http.Reply(200,
                 R"({"code":400,"error":"Field `vec` must have 4 dimensions.","success":false})");
  const auto outcomes = fix.Apply({{"a", {"null", 0}}});
  CHECK((*outcomes)[0].state == UpdateState::kRejected);
  CHECK((*outcomes)[0].message == "Field `vec` must have 4 dimensions. (code 400)");
}

}  // namespace
}  // namespace reembed
