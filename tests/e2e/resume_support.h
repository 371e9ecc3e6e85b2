#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "fixture.h"

namespace reembed::testing {

/// Vector length of every collection here.
inline constexpr int kSmall = 8;

/// One sandbox and one state directory, in which run follows run.
class LongStory : public Stage {
 public:
  /// Collections `docs` and others by AddDocs(); the first use starts the sandbox.
  LongStory() { options.empty = true; }

  /// `count` documents with texts of their own, and old vectors.
  void AddDocs(std::size_t count, const std::string& name = "docs");
  /// The configuration: every collection added so far, and other sections as JSON (`"update":
  /// {…}`).
  void Configure(const std::string& sections = "");

  /// `reembed ARGUMENTS --dimensions 8 --output json`, begun but not waited for.
  std::unique_ptr<Process> StartReporting(std::vector<std::string> arguments = {});
  /// Its report; fails the test unless it ends with `exit_code`.
  Json Expect(int exit_code, std::vector<std::string> arguments = {});

  /// Imports, and exports begun, since the last ClearRequests() of the store.
  std::size_t Imports();
  std::size_t Exports();
  std::size_t ProviderRequests() { return sandbox().provider().history().request_count(); }

  /// Every document of `name` holds the vector of its text, and no text was paid for twice.
  void CheckAllRightAndPaidOnce(std::size_t documents, const std::string& name = "docs");
  /// A further run asks the provider nothing, writes nothing and ends with 0.
  void CheckNothingLeft();
  /// How many texts were answered more than once.
  std::size_t PaidTwice();

 private:
  std::size_t Count(const std::string& part);

  std::vector<std::string> names_;
};

/// The report on standard output. Fails the test, with all that was said, unless it ended so.
Json ReportOf(const Ended& ended, int exit_code);

/// Waits until `reached`; fails the test when `process` ends before.
void WaitFor(const Process& process, const std::function<bool()>& reached);

/// `count` is the sum of the other counts.
void CheckCounts(const Json& collection);

/// Name and bytes of every file below `folder`.
std::map<std::string, std::string> FilesBelow(const std::string& folder);

}  // namespace reembed::testing
