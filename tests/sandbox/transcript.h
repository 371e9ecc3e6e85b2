#pragma once

#include <optional>
#include <string>
#include <vector>

namespace reembed::sandbox {

// One request of a recorded scenario and the answer of the real server; the README beside the
// recordings explains the parts.
struct TranscriptStep {
  std::string name;
  std::string method;
  std::string path;  // as sent, already encoded
  std::string auth;  // "valid", "wrong" or "none"
  std::optional<std::string> request_body;
  int status = 0;
  std::string content_type;
  std::string body;
  std::string compare;  // "exact", "json", "jsonl" or "status"
  std::vector<std::string> ignore;
  bool extra = false;  // sent, but no client depends on the answer
};

struct TranscriptAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Reads tests/data/transcripts/NAME.json; empty if there is no such file.
std::vector<TranscriptStep> LoadTranscript(const std::string& name);

// A step whose answer the double does not give; `left_out.json` beside the recordings lists them.
struct LeftOutStep {
  std::string scenario;
  std::string step;
  std::string reason;
};

// Reads the list. Throws when it is not one.
std::vector<LeftOutStep> LoadLeftOut();

// Sends one step to a server; `key` is the valid one. Status 0 if there was no answer.
TranscriptAnswer SendStep(const std::string& url, const std::string& key,
                          const TranscriptStep& step);

// How an answer differs from the recorded one, or "" if it does not.
std::string Difference(const TranscriptStep& step, const TranscriptAnswer& answer);

}  // namespace reembed::sandbox
