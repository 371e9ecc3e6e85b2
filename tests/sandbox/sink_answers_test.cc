#include "tests/sandbox/sink_answers.h"

#include "tests/sandbox/sink_text.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

SinkAnswers TwoDocuments() {
  return SinkAnswers({.documents = 2, .dimensions = 3});
}

std::string Vector(SinkAnswers& sink, const std::string& id) {
  return sink
      .Answer({"GET", "/collections/documents/documents/" + id + "?include_fields=id%2Cvec", ""})
      .body;
}

std::string Line(const std::string& id, const std::string& vector) {
  return R"({"id":")" + id + R"(","vec":)" + vector + "}\n";
}

SinkAnswer Import(SinkAnswers& sink, const std::string& body) {
  return sink.Answer({"POST", "/collections/documents/documents/import?action=update", body});
}

TEST_CASE("sink: what was written is read back as it was spelled") {
  SinkAnswers sink = TwoDocuments();
  const SinkData data(3);
  CHECK(Vector(sink, "d1") == R"({"id":"d1","vec":)" + data.OldJson(1) + "}");
  const std::string spelled = data.NewJson(1).substr(0, data.NewJson(1).size() - 1) + "0]";
  const SinkAnswer answer = Import(sink, Line("d1", spelled));
  CHECK(answer.body == R"({"success":true})");
  CHECK(answer.writes == 1);
  CHECK(Vector(sink, "d1") == R"({"id":"d1","vec":)" + spelled + "}");
  CHECK(Vector(sink, "d0") == R"({"id":"d0","vec":)" + data.OldJson(0) + "}");
}

TEST_CASE("sink: a vector of another text is refused, and so is an unknown document") {
  SinkAnswers sink = TwoDocuments();
  const SinkData data(3);
  const SinkAnswer answer = Import(sink, Line("d1", data.NewJson(0)) + Line("d7", data.NewJson(7)));
  CHECK(answer.body.find("not the vector") != std::string::npos);
  CHECK(answer.body.find("\n{\"code\":404") != std::string::npos);
  CHECK(answer.body.find("true") == std::string::npos);
}

TEST_CASE("sink: an embedding belongs to the first number in its text") {
  SinkAnswers sink = TwoDocuments();
  const SinkData data(3);
  std::string text;
  data.AppendSentText(text, 1);
  const std::string body =
      R"({"model":"m","input":["No. 0, \"a\\",")" + text + R"("],"encoding_format":"base64"})";
  const SinkAnswer answer = sink.Answer({"POST", "/v1/embeddings", body});
  CHECK(answer.work == SinkWork::kEmbedding);
  const auto first = answer.body.find("\"" + data.NewBase64(0) + "\"");
  const auto second = answer.body.find("\"" + data.NewBase64(1) + "\"");
  CHECK(first < second);
  CHECK(second != std::string::npos);
}

TEST_CASE("sink: pages hold the documents that are named, exports all of them") {
  SinkAnswers sink = TwoDocuments();
  const SinkAnswer page =
      sink.Answer({"POST", "/multi_search",
                   R"({"searches":[{"collection":"documents","filter_by":"id:[`d1`,`d9`]",)"
                   R"("include_fields":"id,vec","per_page":"250"}]})"});
  CHECK(page.body.find(R"("found":1,)") != std::string::npos);
  CHECK(page.body.find(R"({"id":"d1","vec":[)") != std::string::npos);
  SinkExport rest{.collection = 0, .fields = {.text = false, .title = false, .vec = false}};
  std::string lines;
  CHECK_FALSE(sink.ContinueExport(rest, lines));
  CHECK(lines == "{\"id\":\"d0\"}\n{\"id\":\"d1\"}");
}

TEST_CASE("sink: vectors are compared number by number") {
  const std::vector<float> vector = {0.25F, -1.0F};
  CHECK(HoldsVector("[0.25,-1]", vector));
  CHECK(HoldsVector("[0.25, -1.0]", vector));
  CHECK_FALSE(HoldsVector("[0.25,1]", vector));
  CHECK_FALSE(HoldsVector("[0.25]", vector));
  CHECK_FALSE(HoldsVector("[0.25,-1,3]", vector));
}

}  // namespace
}  // namespace reembed::sandbox
