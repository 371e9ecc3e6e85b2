#include "resume_support.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "reembed/base/clock.h"
#include "tests/support/catch2.h"

namespace reembed::testing {

void LongStory::AddDocs(std::size_t count, const std::string& name) {
  AddCollection(name, kSmall, PlainDocuments(count, kSmall));
  names_.push_back(name);
}

void LongStory::Configure(const std::string& sections) {
  Json collections = Json::object();
  for (const std::string& name : names_) {
    collections[name] = {{"embedding_field", "vec"}, {"text_fields", {"title"}}};
  }
  const std::string rest = sections.empty() ? "" : ", " + sections;
  folder().Write("config/reembed.json", "{\"collections\": " + collections.dump() + rest + "}");
}

std::unique_ptr<Process> LongStory::StartReporting(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--dimensions", "8", "--output", "json"});
  return Start(std::move(arguments));
}

Json LongStory::Expect(int exit_code, std::vector<std::string> arguments) {
  return ReportOf(StartReporting(std::move(arguments))->Wait(), exit_code);
}

std::size_t LongStory::Count(const std::string& part) {
  const auto requests = typesense().requests();
  return static_cast<std::size_t>(std::count_if(
      requests.begin(), requests.end(),
      [&](const auto& request) { return request.target.find(part) != std::string::npos; }));
}

std::size_t LongStory::Imports() {
  return Count("/documents/import");
}

std::size_t LongStory::Exports() {
  return Count("/documents/export");
}

std::size_t LongStory::PaidTwice() {
  const auto billed = sandbox().provider().texts_billed();
  return static_cast<std::size_t>(std::count_if(billed.begin(), billed.end(),
                                                [](const auto& text) { return text.second > 1; }));
}

void LongStory::CheckAllRightAndPaidOnce(std::size_t documents, const std::string& name) {
  CHECK(RightVectors(Export(name), kSmall) == documents);
  CHECK(sandbox().provider().texts_billed().size() == documents);
  CHECK(PaidTwice() == 0);
}

void LongStory::CheckNothingLeft() {
  const std::size_t asked = ProviderRequests();
  typesense().ClearRequests();
  Expect(0);
  CHECK(ProviderRequests() == asked);
  CHECK(Imports() == 0);
}

Json ReportOf(const Ended& ended, int exit_code) {
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == exit_code);
  Json report = Json::parse(ended.out);
  CHECK(report.at("exit_code") == exit_code);
  // A plan has no outcomes yet.
  if (report.at("dry_run") == true) return report;
  for (const auto& [name, collection] : report.at("collections").items()) CheckCounts(collection);
  return report;
}

void WaitFor(const Process& process, const std::function<bool()>& reached) {
  SystemClock clock;
  bool over = false;
  while (!over && !reached()) {
    over = process.HasEnded();
    clock.SleepFor(Millis(1), {});
  }
  REQUIRE_FALSE(over);
}

void CheckCounts(const Json& collection) {
  const auto number = [&](const char* key) { return collection.at(key).get<std::size_t>(); };
  CHECK(number("count") == number("success") + number("failed") + number("up_to_date") +
                               number("deleted") + number("skipped"));
}

std::map<std::string, std::string> FilesBelow(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

}  // namespace reembed::testing
