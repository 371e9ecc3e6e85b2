#include <algorithm>
#include <array>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "tests/sandbox/provider_gemini.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBody = 4194304;
constexpr std::size_t kMaxRequests = 100;
constexpr std::string_view kBatchMethod = "batchEmbedContents";
constexpr std::string_view kSingleMethod = "embedContent";
constexpr std::array<std::string_view, 9> kTaskTypes = {
    "TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY",      "RETRIEVAL_DOCUMENT",
    "SEMANTIC_SIMILARITY",   "CLASSIFICATION",       "CLUSTERING",
    "QUESTION_ANSWERING",    "CODE_RETRIEVAL_QUERY", "FACT_VERIFICATION"};
constexpr std::array<std::string_view, 8> kKnownFields = {"model",
                                                          "content",
                                                          "taskType",
                                                          "outputDimensionality",
                                                          "title",
                                                          "task_type",
                                                          "output_dimensionality",
                                                          "embedContentConfig"};

// A request that breaks a rule; caught in this file and answered with 400 INVALID_ARGUMENT.
class Invalid : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <typename List>
bool Contains(const List& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// A member under its JSON or its proto name: Google reads both.
const json* Find(const json& object, const char* camel, const char* snake) {
  auto found = object.find(camel);
  if (found == object.end()) found = object.find(snake);
  return found == object.end() ? nullptr : &*found;
}

std::string ReadText(const json& request) {
  const json& parts = request.at("content").at("parts");
  std::string text;
  for (const json& part : parts) {
    const std::string piece = part.value("text", "");
    if (piece.empty()) {
      throw Invalid("* EmbedContentRequest.content contains an empty Part.\n");
    }
    text += piece;
  }
  if (text.empty()) throw Invalid("* EmbedContentRequest.content: content must not be empty\n");
  return text;
}

std::string ReadTask(const json& request) {
  const json* task = Find(request, "taskType", "task_type");
  if (task == nullptr) return "";
  std::string name = task->get<std::string>();
  if (!Contains(kTaskTypes, name)) {
    throw Invalid("Invalid value at 'task_type' (TaskType), \"" + name + "\"");
  }
  return name;
}

int ReadDimensions(const json& request, int native) {
  const json* wanted = Find(request, "outputDimensionality", "output_dimensionality");
  if (wanted == nullptr) return 0;
  const int dimensions = wanted->get<int>();
  if (dimensions >= 1 && dimensions <= native) return dimensions;
  throw Invalid("* EmbedContentRequest.output_dimensionality: must be between 1 and " +
                std::to_string(native) + "\n");
}

void CheckFields(const json& request) {
  for (const auto& [name, value] : request.items()) {
    if (Contains(kKnownFields, name)) continue;
    throw Invalid("Invalid JSON payload received. Unknown name \"" + name +
                  "\": Cannot find field.");
  }
}

void CheckModel(const json& request, const EmbedCall& call) {
  if (!request.contains("model")) {
    if (call.lone) return;
    throw Invalid("* BatchEmbedContentsRequest.requests: model is not specified\n");
  }
  if (request.at("model").get<std::string>() == "models/" + call.model) return;
  throw Invalid(
      "* BatchEmbedContentsRequest.requests: all requests must have the model of the batch\n");
}

void ReadRequest(const json& request, int native, EmbedCall& call) {
  CheckFields(request);
  CheckModel(request, call);
  const std::string task = ReadTask(request);
  const int dimensions = ReadDimensions(request, native);
  if (!call.texts.empty() && (task != call.task_type || dimensions != call.dimensions)) {
    throw Invalid("The sandbox wants one taskType and outputDimensionality for a whole batch.");
  }
  call.task_type = task;
  call.dimensions = dimensions;
  call.texts.push_back(ReadText(request));
}

// Order matters: the size is checked before anything is parsed, the count before any content.
void ReadBody(const std::string& text, const ProviderOptions& options, int native,
              EmbedCall& call) {
  if (text.size() > kMaxBody) {
    throw Invalid("Request payload size exceeds the limit: 4194304 bytes.");
  }
  const json body = json::parse(text);
  if (call.lone) return ReadRequest(body, native, call);
  const json& requests = body.at("requests");
  const std::size_t limit = options.modes.max_inputs > 0 ? options.modes.max_inputs : kMaxRequests;
  if (requests.empty()) {
    throw Invalid("* BatchEmbedContentsRequest.requests: requests must not be empty\n");
  }
  if (requests.size() > limit) {
    throw Invalid("* BatchEmbedContentsRequest.requests: at most " + std::to_string(limit) +
                  " requests can be in one batch\n");
  }
  for (const json& request : requests) ReadRequest(request, native, call);
}

HttpAnswer InvalidArgument(std::string_view message) {
  return WriteGeminiError(400, "INVALID_ARGUMENT", message);
}

HttpAnswer NotFound(const GeminiTarget& target) {
  return WriteGeminiError(404, "NOT_FOUND",
                          "models/" + target.model +
                              " is not found for API version v1beta, or is not supported for " +
                              target.method +
                              ". Call ListModels to see the list of available models and their "
                              "supported methods.");
}

}  // namespace

std::optional<GeminiTarget> ReadGeminiTarget(std::string_view target) {
  constexpr std::string_view kStart = "/v1beta/models/";
  const std::string_view path = target.substr(0, target.find('?'));
  const std::size_t colon = path.rfind(':');
  if (!path.starts_with(kStart) || colon == std::string_view::npos) return {};
  return GeminiTarget{std::string(path.substr(kStart.size(), colon - kStart.size())),
                      std::string(path.substr(colon + 1))};
}

std::optional<ModelInfo> FindGeminiModel(std::string_view name,
                                         const std::map<std::string, int>& extra) {
  if (name == "gemini-embedding-001") {
    return ModelInfo{.native_dimensions = 3072,
                     .max_tokens = 2048,
                     .normalizes_short = false,
                     .heeds_task_type = true};
  }
  if (name == "gemini-embedding-2") return ModelInfo{.native_dimensions = 3072};
  const auto found = extra.find(std::string(name));
  if (found == extra.end()) return {};
  return ModelInfo{.native_dimensions = found->second};
}

ParsedCall ParseGeminiRequest(const HttpRequest& request, const ProviderOptions& options) {
  ParsedCall parsed;
  const GeminiTarget target = ReadGeminiTarget(request.target).value_or(GeminiTarget{});
  parsed.call.key = request.Header("x-goog-api-key");
  parsed.call.model = target.model;
  parsed.call.lone = target.method == kSingleMethod;
  const auto model = FindGeminiModel(target.model, options.extra_models);
  // Also for an unknown model the body is read, so that the history holds its texts.
  const bool known = parsed.call.lone || target.method == kBatchMethod;
  try {
    const int native = model.value_or(ModelInfo{.native_dimensions = 3072}).native_dimensions;
    ReadBody(request.body, options, native, parsed.call);
  } catch (const Invalid& invalid) {
    parsed.refusal = InvalidArgument(invalid.what());
  } catch (const json::exception&) {
    parsed.refusal = InvalidArgument("Invalid JSON payload received. Unexpected token or value.");
  }
  if (!known || !model || options.modes.no_model || request.method != "POST") {
    parsed.refusal = NotFound(target);
  }
  return parsed;
}

}  // namespace reembed::sandbox
