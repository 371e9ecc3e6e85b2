#include "src/cli_verbs.h"

#include <string>
#include <vector>

#include "tests/config/cli_fixture.h"

namespace reembed {
namespace {

using testing::Arguments;
using testing::Exit;
using testing::Options;
using testing::UsageError;

std::string Help(const Arguments& arguments) {
  const CliExit ended = Exit(arguments);
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK_THAT(ended.out, !ContainsSubstring("\n\n\n"));
  return ended.out;
}

TEST_CASE("verbs: each is read, before or after the options") {
  CHECK(Options({"run"}).verb == Verb::kRun);
  CHECK(Options({"status"}).verb == Verb::kStatus);
  CHECK(Options({"verify"}).verb == Verb::kVerify);
  CHECK(Options({"rollback"}).verb == Verb::kRollback);
  CHECK(Options({"retire"}).verb == Verb::kRetire);
  CHECK(Options({"doctor"}).verb == Verb::kDoctor);
  CHECK(Options({"--dry-run", "rollback"}).verb == Verb::kRollback);
  CHECK(Options({"-v", "doctor", "--no-probe"}).verb == Verb::kDoctor);
  CHECK(Options({"--collections", "a", "b", "verify"}).verb == Verb::kVerify);
}

TEST_CASE("verbs: two of them are refused, one twice is one") {
  CHECK(UsageError({"run", "status"}) == "reembed: two commands, run and status: give one of them");
  CHECK(Options({"status", "status"}).verb == Verb::kStatus);
}

TEST_CASE("verbs: the name of a verb can be the name of a collection") {
  const CliOptions options = Options({"verify", "--collections=status,run"});
  CHECK(options.verb == Verb::kVerify);
  CHECK(options.config.collections == std::vector<std::string>{"status", "run"});
}

TEST_CASE("verbs: the options of retire") {
  const CliOptions retire = Options({"retire", "--collections", "a", "--dry-run", "--yes"});
  CHECK(retire.verb == Verb::kRetire);
  CHECK(retire.config.collections == std::vector<std::string>{"a"});
  CHECK(retire.dry_run);
  CHECK(retire.yes);
  CHECK(Options({"retire", "--output", "json"}).output == OutputFormat::kJson);
  CHECK_FALSE(Options({"retire"}).yes);
  CHECK(UsageError({"retire", "--run", "x"}) == "reembed: --run belongs to 'reembed rollback'");
}

TEST_CASE("verbs: the options of a run") {
  const CliOptions options = Options({"--force", "--no-backup", "--state-dir", "/var/lib/r"});
  CHECK(options.force);
  CHECK(options.config.backup == false);
  CHECK(options.config.state_dir == "/var/lib/r");
  CHECK_FALSE(options.yes);
}

TEST_CASE("verbs: the options of the others") {
  const CliOptions status = Options({"status", "--prune", "--yes"});
  CHECK(status.prune);
  CHECK(status.yes);
  const CliOptions verify = Options({"verify", "--sample", "0", "--recompute", "20", "--rpm", "5"});
  CHECK(verify.sample == 0);
  CHECK(verify.recompute == 20);
  CHECK(verify.config.requests_per_minute == 5);
  CHECK_FALSE(Options({"verify"}).sample.has_value());
  const CliOptions rollback =
      Options({"rollback", "--run", "20261121T023415Z-1", "--yes", "--dry-run"});
  CHECK(rollback.run == "20261121T023415Z-1");
  CHECK(rollback.yes);
  CHECK(rollback.dry_run);
}

TEST_CASE("verbs: wrong values of their options") {
  CHECK(UsageError({"verify", "--sample", "-1"}) ==
        "reembed: --sample: expected an integer from 0 to 1000000, found \"-1\"");
  CHECK(UsageError({"verify", "--recompute", "0"}) ==
        "reembed: --recompute: expected an integer from 1 to 1000000, found \"0\"");
  CHECK(UsageError({"rollback", "--run", ""}) == "reembed: --run: expected a value, found \"\"");
  CHECK(UsageError({"--state-dir", ""}) == "reembed: --state-dir: expected a value, found \"\"");
  CHECK(UsageError({"rollback", "--run", "--yes"}) ==
        "reembed: --run: expected a value, found \"--yes\"");
  CHECK(UsageError({"status", "--prune=all"}) == "reembed: --prune: takes no value");
}

TEST_CASE("verbs: a misplaced option names the verbs that it belongs to") {
  CHECK(UsageError({"--prune"}) == "reembed: --prune belongs to 'reembed status'");
  CHECK(UsageError({"rollback", "--prune"}) == "reembed: --prune belongs to 'reembed status'");
  CHECK(UsageError({"status", "--limit", "5"}) == "reembed: --limit belongs to 'reembed run'");
  CHECK(UsageError({"verify", "--dry-run"}) ==
        "reembed: --dry-run belongs to 'reembed run', 'reembed rollback' and 'reembed retire'");
  CHECK(UsageError({"doctor", "--progress", "none"}) ==
        "reembed: --progress belongs to 'reembed run', 'reembed verify' and 'reembed rollback'");
  CHECK(UsageError({"--yes"}) ==
        "reembed: --yes belongs to 'reembed status', 'reembed rollback' and 'reembed retire'");
  for (const char* option :
       {"--force", "--no-backup", "--outside-filter=refuse", "--allow-missing", "--all-aliases"}) {
    CHECK(UsageError({"rollback", option}) ==
          "reembed: " + std::string(option).substr(0, std::string(option).find('=')) +
              " belongs to 'reembed run'");
  }
  for (const char* option : {"--sample", "--recompute"}) {
    CHECK(UsageError({option, "1"}) ==
          "reembed: " + std::string(option) + " belongs to 'reembed verify'");
  }
  CHECK(UsageError({"--run", "x"}) == "reembed: --run belongs to 'reembed rollback'");
  CHECK(UsageError({"verify", "--report", "r"}) == "reembed: --report belongs to 'reembed run'");
}

TEST_CASE("verbs: some options stand beside every verb") {
  for (const VerbText& entry : kVerbs) {
    const std::string verb(ToString(entry.verb));
    const CliOptions options = Options({verb.c_str(), "--collections",
                                        "a",          "--config",
                                        "c",          "--env-file",
                                        "e",          "--state-dir",
                                        "s",          "--family",
                                        "f",          "--model",
                                        "m",          "--dimensions",
                                        "3",          "--output",
                                        "json",       "-v",
                                        "--log-file", "l"});
    CHECK(options.verb == entry.verb);
    CHECK(options.output == OutputFormat::kJson);
    CHECK(options.log_path == "l");
    CHECK(Options({verb.c_str(), "-q"}).verbosity == Verbosity::kErrors);
  }
}

TEST_CASE("verbs: what a run may cost") {
  CHECK(Options({"--max-cost", "2.50"}).max_cost == 2.5);
  CHECK(Options({"run", "--max-cost=0"}).max_cost == 0);
  CHECK_FALSE(Options({}).max_cost.has_value());
  for (const char* wrong : {"-1", "$5", "5 USD", "1e3", "", "inf"}) {
    CHECK_THAT(UsageError({"--max-cost", wrong}), ContainsSubstring("--max-cost: expected"));
  }
  CHECK_THAT(UsageError({"verify", "--max-cost", "1"}), ContainsSubstring("reembed run"));
  CHECK_THAT(Help({"run", "--help"}), ContainsSubstring("reembed --max-cost 5"));
}

TEST_CASE("verbs: every option has its place in the table and in the help") {
  const std::string help = Help({"--help"});
  std::size_t seen = 0;
  for (std::size_t at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2)) {
    const std::string name = help.substr(at, help.find_first_of(" ,:'\n", at) - at);
    INFO(name);
    bool belongs = false;
    for (const VerbText& entry : kVerbs) belongs = belongs || Belongs(name, entry.verb);
    CHECK(belongs);
    ++seen;
  }
  CHECK(seen >= 34);
  CHECK_FALSE(Belongs("--frobnicate", Verb::kRun));
}

TEST_CASE("verbs: help names verbs, options, examples and exit codes") {
  const std::string help = Help({"--help"});
  for (const char* part : {"Usage: reembed [command] [options]\n",
                           "  status    show the runs, what is left, what a rerun would do\n",
                           "  rollback  give the documents back",
                           "  retire    delete the collections that alias switches",
                           "  doctor    check configuration",
                           "--collections",
                           "--dry-run",
                           "--force",
                           "--no-backup",
                           "--no-probe",
                           "--prune",
                           "--sample N",
                           "--recompute N",
                           "--run ID",
                           "--yes",
                           "--config",
                           "--env-file",
                           "--state-dir DIR",
                           "--family",
                           "--model",
                           "--dimensions",
                           "--strategy",
                           "--outside-filter",
                           "--allow-missing",
                           "--all-aliases",
                           "--concurrency",
                           "--rpm",
                           "--tpm",
                           "--max-failures",
                           "--limit",
                           "--max-wait",
                           "--output",
                           "--report",
                           "--progress",
                           "-v,--verbose",
                           "-q,--quiet",
                           "--log-file",
                           "-h,--help",
                           "--version",
                           "Examples:",
                           "  reembed rollback --yes ",
                           "  reembed verify --sample 50 ",
                           "Exit codes:",
                           "130 interrupted",
                           "\nAfter 3, 5, 6 and 130 a rerun goes on where the run stopped; nothing "
                           "is paid twice.\n"}) {
    CHECK_THAT(help, ContainsSubstring(part));
  }
  CHECK(help.back() == '\n');
  CHECK(Help({"-h"}) == help);
  CHECK(Help({"--dry-run", "-h"}) == help);
}

TEST_CASE("verbs: the help of one shows what belongs to it") {
  const std::string run = Help({"run", "--help"});
  CHECK_THAT(run, ContainsSubstring("Usage: reembed [run] [options]\n"));
  CHECK_THAT(run, ContainsSubstring("--force") && ContainsSubstring("--report FILE"));
  CHECK_THAT(run, !ContainsSubstring("--prune") && !ContainsSubstring("--sample"));

  const std::string status = Help({"status", "--help"});
  CHECK_THAT(status, ContainsSubstring("Usage: reembed status [options]\n"));
  CHECK_THAT(status, ContainsSubstring("reembed status: show the runs"));
  CHECK_THAT(status, ContainsSubstring("--prune") && ContainsSubstring("--state-dir DIR"));
  CHECK_THAT(status, !ContainsSubstring("--limit") && !ContainsSubstring("--dry-run"));
  CHECK_THAT(status, ContainsSubstring("Exit codes:"));

  CHECK_THAT(Help({"-h", "verify"}), ContainsSubstring("--recompute N"));
  CHECK_THAT(Help({"rollback", "-h"}), ContainsSubstring("--run ID"));
  const std::string retire = Help({"retire", "-h"});
  CHECK_THAT(retire, ContainsSubstring("--yes") && ContainsSubstring("--dry-run") &&
                         ContainsSubstring("  reembed retire --dry-run "));
  CHECK_THAT(retire, !ContainsSubstring("--progress") && !ContainsSubstring("--allow-missing"));
  CHECK_THAT(Help({"doctor", "-h"}), !ContainsSubstring("--yes"));
}

}  // namespace
}  // namespace reembed
