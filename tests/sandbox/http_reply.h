#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <httplib.h>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/write_deadline.h"

namespace reembed::sandbox {

// A body on its way to the client, chunk by chunk.
struct Stream {
  ChunkSource next;
  std::size_t cut_after;
  std::size_t stall_after;
  std::function<void()> stall;  // returns when the server stops
  std::unique_ptr<WriteDeadline> deadline;
  std::size_t sent = 0;

  // False ends the connection.
  bool SendChunk(httplib::DataSink& sink);
};

// What a handler answered, put into httplib's answer: status and headers, then one of the two.
void SetHead(const HttpAnswer& answer, httplib::Response& response);
void SetBody(HttpAnswer answer, httplib::Response& response);
void SetStream(const std::string& content_type, Stream stream, httplib::Response& response);

}  // namespace reembed::sandbox
