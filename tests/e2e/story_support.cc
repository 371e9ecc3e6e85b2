#include "story_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "reembed/base/clock.h"
#include "tests/support/catch2.h"

namespace reembed::testing {

DocsStage::DocsStage(std::size_t documents) {
  options.empty = true;
  Configure(kDocs);
  if (documents > 0) AddCollection("docs", 8, PlainDocuments(documents, 8));
}

Ended DocsStage::Migrate(std::vector<std::string> more) {
  more.insert(more.begin(), {"--dimensions", "8", "--progress", "none"});
  return Run(std::move(more));
}

std::unique_ptr<Process> DocsStage::MigrateUntil(std::size_t requests,
                                                 std::vector<std::string> more) {
  const auto& history = sandbox().provider().history();
  const std::size_t asked = history.request_count();
  more.insert(more.begin(), {"--dimensions", "8", "--progress", "none"});
  auto process = Start(std::move(more));
  const bool reached =
      WaitUntil([&] { return history.request_count() >= asked + requests || process->HasEnded(); });
  if (!reached) throw std::runtime_error("the run does not get on");
  return process;
}

std::size_t DocsStage::Writes() {
  const auto requests = typesense().requests();
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(), [](const sandbox::RecordedRequest& request) {
        return request.target.find("/import") != std::string::npos;
      }));
}

void DocsStage::Edit(const std::string& json_lines) {
  const std::string answer = typesense().Import("docs", json_lines, "emplace");
  if (answer.find("\"success\":false") != std::string::npos) throw std::runtime_error(answer);
}

Json Report(Stage& stage, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  const Ended ended = stage.Run(std::move(arguments));
  Json report = Json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  if (report.is_discarded()) throw std::runtime_error("no JSON: " + ended.out + ended.err);
  if (report.contains("exit_code") && report.at("exit_code") != ended.exit_code) {
    throw std::runtime_error("exit code differs: " + ended.out);
  }
  return report;
}

std::vector<std::string> RunIds(Stage& stage, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"status"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::vector<std::string> ids;
  const Json status = Report(stage, arguments);
  for (const Json& target : status.at("targets")) {
    for (const Json& run : target.at("runs")) ids.push_back(run.at("id"));
  }
  return ids;
}

std::string DistinctDocuments(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines +=
        fmt::format(R"({{"id":"d{0}","title":"text {0}","vec":[{1:.17g},1,0,0.5,{0},0,0,-0.0]}})",
                    i, 1.0 / (i + 3));
    lines += '\n';
  }
  return lines;
}

void CheckRefused(const Ended& ended, const std::string& path, const std::string& remedy) {
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 4);
  CHECK_THAT(ended.out + ended.err, ContainsSubstring(path));
  CHECK_THAT(ended.out + ended.err, ContainsSubstring(remedy));
}

bool WaitUntil(const std::function<bool()>& holds) {
  constexpr Millis kPoll{1};
  constexpr std::chrono::seconds kPatience{20};
  SystemClock clock;
  const SteadyTime begun = clock.Now();
  while (!holds()) {
    if (clock.Now() - begun > kPatience) return false;
    clock.SleepFor(kPoll, {});
  }
  return true;
}

}  // namespace reembed::testing
