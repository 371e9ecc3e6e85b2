#include "tests/sandbox/typesense_test_support.h"

namespace reembed::sandbox {

TranscriptAnswer Ask(const TypesenseServer& server, const std::string& method,
                     const std::string& path, const std::string& body) {
  TranscriptStep step;
  step.method = method;
  step.path = path;
  step.auth = "valid";
  step.request_body = body;
  return SendStep(server.url(), kTestKey, step);
}

void FillDocs(TypesenseServer& server) {
  server.CreateCollection(
      R"({"name":"docs","fields":[{"name":"title","type":"string"},{"name":"n","type":"int32"},)"
      R"({"name":"vec","type":"float[]","num_dim":2,"optional":true}]})");
  server.Import("docs",
                R"({"id":"1","title":"red fox","n":1,"vec":[1,0]})"
                "\n"
                R"({"id":"2","title":"Red wine","n":2,"vec":[0,1]})"
                "\n"
                R"({"id":"3","title":"blue sea","n":3,"vec":[1,1]})",
                "create");
}

}  // namespace reembed::sandbox
