#pragma once

#include <string>
#include <vector>

#include "providers/google.h"
#include "providers/openai.h"
#include "tests/support/provider_suite.h"

namespace reembed::testing {

inline std::string JoinedItems(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += (list.empty() ? "" : ",") + item;
  return "[" + list + "]";
}

/// `{"data":[{"index":0,"embedding":…},…],"usage":…}`
inline std::string OpenAiReply(const std::vector<std::string>& vectors) {
  std::vector<std::string> items;
  for (const std::string& vector : vectors) {
    items.push_back(R"({"index":)" + std::to_string(items.size()) + R"(,"embedding":)" + vector +
                    "}");
  }
  return R"({"object":"list","data":)" + JoinedItems(items) + R"(,"usage":{"prompt_tokens":9}})";
}

/// `{"embeddings":[{"values":…},…]}`
inline std::string GoogleReply(const std::vector<std::string>& vectors) {
  std::vector<std::string> items;
  for (const std::string& vector : vectors) items.push_back(R"({"values":)" + vector + "}");
  return R"({"embeddings":)" + JoinedItems(items) + "}";
}

inline ProviderDialect OpenAiDialect() {
  return {.registration = OpenAi(),
          .model = "text-embedding-3-small",
          .key_variable = "OPENAI_API_KEY",
          .key_header = "Authorization",
          .key_prefix = "Bearer ",
          .reply = OpenAiReply,
          .rate_limited = [](const std::string& message) {
            return R"({"error":{"message":")" + message + R"(","code":"rate_limit_exceeded"}})";
          }};
}

inline ProviderDialect GoogleDialect() {
  return {.registration = Google(),
          .model = "gemini-embedding-001",
          .key_variable = "GOOGLE_API_KEY",
          .key_header = "x-goog-api-key",
          .key_prefix = "",
          .reply = GoogleReply,
          .rate_limited = [](const std::string& message) {
            return R"([{"error":{"code":429,"message":")" + message +
                   R"(","status":"RESOURCE_EXHAUSTED"}}])";
          }};
}

}  // namespace reembed::testing
