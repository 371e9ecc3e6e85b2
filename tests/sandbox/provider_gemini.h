// Inner parts of the Gemini dialect; everyone else uses MakeGeminiDialect (provider_dialect.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sandbox/provider_dialect.h"

namespace reembed::sandbox {

/// `/v1beta/models/MODEL:METHOD`; nothing when the target is not of that form.
struct GeminiTarget {
  std::string model;
  std::string method;
};
std::optional<GeminiTarget> ReadGeminiTarget(std::string_view target);

/// A google.rpc.Status: https://ai.google.dev/gemini-api/docs/troubleshooting. `details` is the
/// JSON of the array's entries, comma-separated; empty: no `details` member.
HttpAnswer WriteGeminiError(int code, std::string_view status, std::string_view message,
                            const std::string& details = "");

/// gemini-embedding-001 (task types; only the native 3072 come normalised), gemini-embedding-2
/// (always normalised, ignores task types), and `extra`, which are like the latter.
std::optional<ModelInfo> FindGeminiModel(std::string_view name,
                                         const std::map<std::string, int>& extra);

/// Reads the body and checks it: at most 4 MiB and 100 requests, each with the URL's model, a
/// known task type and one text. Stricter than Google: all requests share one length and task.
ParsedCall ParseGeminiRequest(const HttpRequest& request, const ProviderOptions& options);

}  // namespace reembed::sandbox
