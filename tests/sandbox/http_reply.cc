#include "tests/sandbox/http_reply.h"

#include <algorithm>
#include <utility>

namespace reembed::sandbox {
namespace {

void SetCutBody(HttpAnswer& answer, httplib::Response& response) {
  const auto body = std::make_shared<std::string>(std::move(answer.body));
  const std::size_t limit = std::min(*answer.cut_after, body->size());
  response.set_content_provider(
      body->size(), answer.content_type,
      [body, limit](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        const std::size_t left = offset < limit ? limit - offset : 0;
        return left > 0 && sink.write(body->data() + offset, std::min(length, left));
      });
}

}  // namespace

bool Stream::SendChunk(httplib::DataSink& sink) {
  if (sent == cut_after) return false;
  if (sent == stall_after) {
    stall();
    return false;
  }
  std::string chunk;
  if (!next(chunk)) {
    sink.done();
    return true;
  }
  ++sent;
  if (chunk.empty()) return true;
  if (deadline) deadline->Begin();
  const bool written = sink.write(chunk.data(), chunk.size());
  if (deadline) deadline->End();
  return written;
}

void SetStream(const std::string& content_type, Stream stream, httplib::Response& response) {
  const auto shared = std::make_shared<Stream>(std::move(stream));
  response.set_chunked_content_provider(
      content_type,
      [shared](std::size_t, httplib::DataSink& sink) { return shared->SendChunk(sink); });
}

void SetHead(const HttpAnswer& answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
}

void SetBody(HttpAnswer answer, httplib::Response& response) {
  if (answer.cut_after) return SetCutBody(answer, response);
  response.set_header("Content-Type", answer.content_type);
  response.body = std::move(answer.body);
}

}  // namespace reembed::sandbox
