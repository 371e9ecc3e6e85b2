// What the tests of the provider double share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/provider_core.h"

namespace reembed::sandbox {

constexpr const char* kTestKey = "sk-test";

/// Options with kTestKey, the extra model "tiny" of 4 native dimensions, and `modes`.
ProviderOptions TestOptions(const std::vector<std::string>& modes = {});

/// TestOptions with faults as the command line spells them.
ProviderOptions FaultyOptions(const std::string& faults);

/// A right request to /v1/embeddings.
HttpRequest OpenAiPost(std::string body);

/// A right request to the batch method of a Gemini model.
HttpRequest GeminiPost(const std::string& model, std::string body);

/// `{"model":"tiny","input":[…]}`, `more` being further members with a leading comma.
std::string TinyBody(const std::vector<std::string>& texts, const std::string& more = "");

/// `{"requests":[…]}` for `model`, one text each; `more` as above, in every request.
std::string GeminiBody(const std::string& model, const std::vector<std::string>& texts,
                       const std::string& more = "");

/// The value of an answer's header, or "(none)".
std::string HeaderOf(const HttpAnswer& answer, const std::string& name);

/// The number, or at a path of object keys the text, in a JSON body: "error/code" → "\"x\"".
std::string At(const std::string& body, const std::string& path);

/// What a real client saw. `status` 0: the connection broke; `error` says how.
struct Seen {
  int status = 0;
  std::string body;
  std::string error;
};

/// One request over a new connection to a port of 127.0.0.1.
Seen Send(int port, const HttpRequest& request);

/// Sends while the server does not answer; returns once `give_up_ms` have passed.
Seen SendWithTimeout(int port, const HttpRequest& request, int give_up_ms);

}  // namespace reembed::sandbox
