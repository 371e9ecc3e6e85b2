#include <string>
#include <vector>

#include "tests/config/cli_fixture.h"

namespace reembed {
namespace {

using testing::Arguments;
using testing::Exit;
using testing::Options;
using testing::UsageError;

TEST_CASE("command line: nothing means a run with what is configured") {
  const CliOptions options = Options({});
  CHECK(options.verb == Verb::kRun);
  CHECK_FALSE(options.dry_run);
  CHECK_FALSE(options.force);
  CHECK_FALSE(options.config.state_dir.has_value());
  CHECK_FALSE(options.config.backup.has_value());
  CHECK(options.probe);
  CHECK(options.config.collections.empty());
  CHECK_FALSE(options.config.strategy.has_value());
  CHECK_FALSE(options.config.cutover.refuse_outside_filter);
  CHECK_FALSE(options.config.cutover.allow_missing);
  CHECK_FALSE(options.config.cutover.all_aliases);
  CHECK_FALSE(options.max_failures.set);
  CHECK_FALSE(options.limit.has_value());
  CHECK(options.output == OutputFormat::kText);
  CHECK(options.progress == ProgressStyle::kAuto);
  CHECK(options.verbosity == Verbosity::kWarnings);
}

TEST_CASE("command line: the verb may stand before or after the options, or nowhere") {
  CHECK(Options({"--dry-run"}).dry_run);
  CHECK(Options({"run", "--dry-run"}).dry_run);
  CHECK(Options({"--dry-run", "run"}).dry_run);
  CHECK_FALSE(Options({"run"}).dry_run);
}

TEST_CASE("command line: collections by blanks, commas and repetition") {
  using Names = std::vector<std::string>;
  CHECK(Options({"--collections", "a", "b"}).config.collections == Names{"a", "b"});
  CHECK(Options({"--collections", "a,b", "c"}).config.collections == Names{"a", "b", "c"});
  CHECK(Options({"--collections", "a", "--collections", "b"}).config.collections ==
        Names{"a", "b"});
  CHECK(Options({"--collections=a,b"}).config.collections == Names{"a", "b"});
  const CliOptions options = Options({"--collections", "a", "b", "--dry-run"});
  CHECK(options.config.collections == Names{"a", "b"});
  CHECK(options.dry_run);
  CHECK(Options({"--collections", "a", "b", "run"}).config.collections == Names{"a", "b"});
  CHECK(Options({"run", "--collections", "a", "b", "-v"}).config.collections == Names{"a", "b"});
}

TEST_CASE("command line: what lies over the configuration") {
  const CliOptions options =
      Options({"--config", "c.json", "--env-file", "prod.env", "--family", "acorn", "--model",
               "m/1", "--dimensions", "768", "--strategy", "in-place"});
  CHECK(options.config_path == "c.json");
  CHECK(options.env_path == "prod.env");
  CHECK(options.config.family == "acorn");
  CHECK(options.config.model == "m/1");
  CHECK(options.config.dimensions == 768);
  CHECK(options.config.strategy == StrategyChoice::kInPlace);
  CHECK(Options({"--strategy", "rebuild"}).config.strategy == StrategyChoice::kRebuild);
  CHECK(Options({"--strategy=alias"}).config.strategy == StrategyChoice::kAlias);
  CHECK(Options({"--strategy", "auto"}).config.strategy == StrategyChoice::kAuto);
}

TEST_CASE("command line: what a rebuild or an alias switch may do") {
  const CliOptions options =
      Options({"--outside-filter", "refuse", "--allow-missing", "--all-aliases"});
  CHECK(options.config.cutover.refuse_outside_filter);
  CHECK(options.config.cutover.allow_missing);
  CHECK(options.config.cutover.all_aliases);
  CHECK_FALSE(Options({"run", "--outside-filter=reembed"}).config.cutover.refuse_outside_filter);
}

TEST_CASE("command line: limits") {
  const CliOptions options = Options(
      {"--concurrency", "16", "--rpm", "2.5", "--tpm", "1000000", "--limit", "10", "--no-probe"});
  CHECK(options.config.concurrency == 16);
  CHECK(options.config.requests_per_minute == 2.5);
  CHECK(options.config.tokens_per_minute == 1'000'000);
  CHECK(options.limit == 10);
  CHECK_FALSE(options.probe);
}

TEST_CASE("command line: durations with and without a unit") {
  CHECK(Options({"--max-wait", "90"}).config.max_wait == Seconds(90));
  CHECK(Options({"--max-wait", "90s"}).config.max_wait == Seconds(90));
  CHECK(Options({"--max-wait", "15m"}).config.max_wait == Seconds(900));
  CHECK(Options({"--max-wait", "24h"}).config.max_wait == Seconds(86'400));
  CHECK(Options({"--max-wait", "2d"}).config.max_wait == Seconds(172'800));
  CHECK(Options({"--max-wait", "0"}).config.max_wait == Seconds(0));
}

TEST_CASE("command line: failures as a number or a part") {
  const FailureLimit number = Options({"--max-failures", "25"}).max_failures;
  CHECK(number.set);
  CHECK_FALSE(number.percent);
  CHECK(number.value == 25);
  const FailureLimit part = Options({"--max-failures", "2.5%"}).max_failures;
  CHECK(part.percent);
  CHECK(part.value == 2.5);
}

TEST_CASE("command line: output") {
  const CliOptions options = Options({"--output", "json", "--report", "r.json", "--progress",
                                      "plain", "-v", "--log-file", "run.log"});
  CHECK(options.output == OutputFormat::kJson);
  CHECK(options.report_path == "r.json");
  CHECK(options.progress == ProgressStyle::kPlain);
  CHECK(options.verbosity == Verbosity::kInfo);
  CHECK(options.log_path == "run.log");
  CHECK(Options({"--quiet"}).verbosity == Verbosity::kErrors);
}

TEST_CASE("command line: wrong values name the option and what it takes") {
  CHECK(UsageError({"--dimensions", "0"}) ==
        "reembed: --dimensions: expected an integer from 1 to 65536, found \"0\"");
  CHECK(UsageError({"--dimensions", "-5"}) ==
        "reembed: --dimensions: expected an integer from 1 to 65536, found \"-5\"");
  CHECK(UsageError({"--dimensions=12x"}) ==
        "reembed: --dimensions: expected an integer from 1 to 65536, found \"12x\"");
  CHECK(UsageError({"--concurrency", "257"}) ==
        "reembed: --concurrency: expected an integer from 1 to 256, found \"257\"");
  CHECK(UsageError({"--limit", "0"}) ==
        "reembed: --limit: expected an integer above 0, found \"0\"");
  CHECK(UsageError({"--limit", "1.5"}) ==
        "reembed: --limit: expected an integer above 0, found \"1.5\"");
  CHECK(UsageError({"--rpm", "0"}) == "reembed: --rpm: expected a number above 0, found \"0\"");
  CHECK(UsageError({"--tpm", "nan"}) == "reembed: --tpm: expected a number above 0, found \"nan\"");
  CHECK(UsageError({"--max-wait", "5w"}) ==
        "reembed: --max-wait: expected a time such as 90, 90s, 15m or 24h, found \"5w\"");
  CHECK(UsageError({"--max-wait", "-1"}) ==
        "reembed: --max-wait: expected a time such as 90, 90s, 15m or 24h, found \"-1\"");
  CHECK(UsageError({"--max-wait", "h"}) ==
        "reembed: --max-wait: expected a time such as 90, 90s, 15m or 24h, found \"h\"");
  CHECK(UsageError({"--max-wait", "99999999999h"}).rfind("reembed: --max-wait: ", 0) == 0);
  CHECK(UsageError({"--max-failures", "101%"}) ==
        "reembed: --max-failures: expected an integer above 0, or a percentage up to 100%, found "
        "\"101%\"");
  CHECK(UsageError({"--max-failures", "0"}).rfind("reembed: --max-failures: ", 0) == 0);
  CHECK(UsageError({"--max-failures", "%"}).rfind("reembed: --max-failures: ", 0) == 0);
  CHECK(UsageError({"--output", "xml"}) ==
        "reembed: --output: expected one of text|json, found \"xml\"");
  CHECK(UsageError({"--progress", "dots"}) ==
        "reembed: --progress: expected one of auto|bar|plain|none, found \"dots\"");
  CHECK(UsageError({"--outside-filter", "leave"}) ==
        "reembed: --outside-filter: expected one of reembed|refuse, found \"leave\"");
  CHECK(UsageError({"--allow-missing=all"}) == "reembed: --allow-missing: takes no value");
  CHECK(UsageError({"--strategy", "in_place"}) ==
        "reembed: --strategy: expected one of auto|in-place|rebuild|alias, found \"in_place\"");
}

TEST_CASE("command line: a missing value names the option") {
  CHECK(UsageError({"--limit"}) == "reembed: --limit: its value is missing");
  CHECK_THAT(UsageError({"--config", "--dry-run"}), ContainsSubstring("--config"));
  CHECK_THAT(UsageError({"--config", ""}), ContainsSubstring("--config"));
  CHECK(UsageError({"--collections"}) == "reembed: --collections: its value is missing");
  CHECK_THAT(UsageError({"--collections", ","}), ContainsSubstring("--collections"));
  CHECK_THAT(UsageError({"--collections", ""}), ContainsSubstring("--collections"));
}

TEST_CASE("command line: an option twice, and two that exclude each other") {
  CHECK(UsageError({"--limit", "1", "--limit", "2"}) == "reembed: --limit: given more than once");
  CHECK(UsageError({"--report", "x", "--log-file", "x"}) ==
        "reembed: --report and --log-file name the same file");
  CHECK(UsageError({"-v", "-q"}) == "reembed: -q cannot stand beside -v");
}

TEST_CASE("command line: unknown words are answered with the nearest known one") {
  CHECK(UsageError({"--colections", "a"}) ==
        "reembed: unknown option \"--colections\"; did you mean \"--collections\"?");
  CHECK(UsageError({"run", "--dryrun"}) ==
        "reembed: unknown option \"--dryrun\"; did you mean \"--dry-run\"?");
  CHECK(UsageError({"--frobnicate"}) == "reembed: unknown option \"--frobnicate\"");
  CHECK(UsageError({"migrate"}) ==
        "reembed: unknown command \"migrate\"; known: run, status, verify, rollback, retire, "
        "doctor");
  CHECK(UsageError({"rolback"}) ==
        "reembed: unknown command \"rolback\"; did you mean \"rollback\"? known: run, status, "
        "verify, rollback, retire, doctor");
}

TEST_CASE("command line: a key given as an argument is not shown") {
  CHECK(UsageError({"--dry-run=sk-abcdef0123456789"}) == "reembed: --dry-run: takes no value");
  CHECK(UsageError({"-v=sk-abcdef0123456789"}).find("abcdef") == std::string::npos);
  CHECK(UsageError({"--api-key=hunter2"}).find("hunter2") == std::string::npos);
  CHECK(UsageError({"sk-abcdefgh12345678"}).find("abcdefgh") == std::string::npos);
  CHECK(UsageError({"--limit", "sk-abcdefgh12345678"}).find("abcdefgh") == std::string::npos);
}

TEST_CASE("command line: version") {
  const CliExit version = Exit({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out == "reembed " REEMBED_VERSION
                       " (libcurl 7.88.1, OpenSSL 3.0.19, SQLite 3.40.1)\n");
  CHECK(Exit({"status", "--version"}).out == version.out);
}

}  // namespace
}  // namespace reembed
