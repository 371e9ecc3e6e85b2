#include "src/io/report/progress.h"

#include <limits>
#include <sstream>

#include "src/io/report/progress_bar.h"
#include "src/io/report/progress_lines.h"
#include "src/io/report/terminal.h"
#include "tests/support/catch2.h"

using namespace reembed;  // NOLINT(google-build-using-namespace)

namespace {

Progress Sample() {
  return {.collection = "instructions",
          .done = 225,
          .total = 500,
          .failed = 1,
          .elapsed_seconds = 12,
          .documents_per_second = 18.7,
          .waiting_for = ""};
}

Progress At(double elapsed_seconds) {
  Progress progress = Sample();
  progress.elapsed_seconds = elapsed_seconds;
  return progress;
}

Progress Done(std::uint64_t done, std::uint64_t total) {
  Progress progress;
  progress.done = done;
  progress.total = total;
  return progress;
}

std::string ShownBy(ProgressStyle style, bool interactive) {
  std::ostringstream out;
  Terminal terminal(out, {.interactive = interactive, .width = [] { return 100U; }}, Redactor());
  MakeProgress(style, terminal)->Show(Sample());
  return out.str().substr(0, 13);
}

}  // namespace

TEST_CASE("progress bar: shows everything when there is room") {
  Progress progress = Sample();
  progress.waiting_for = "rate limited by the provider: 12 s";
  CHECK(FormatBar(progress, 200) ==
        "instructions  45% |#########-----------|  225/500 [00:12<00:15, 18.7 docs/s, 1 failed] "
        "rate limited by the provider: 12 s");
}

TEST_CASE("progress bar: an unknown total is a question mark") {
  Progress progress = Sample();
  progress.total = 0;
  CHECK(FormatBar(progress, 100) ==
        "instructions   ?% |--------------------|  225/? [00:12<?, 18.7 docs/s, 1 failed]");
}

TEST_CASE("progress bar: at the very start nothing is guessed") {
  Progress progress = Sample();
  progress.done = 0;
  progress.failed = 0;
  progress.elapsed_seconds = 0;
  progress.documents_per_second = 0;
  CHECK(FormatBar(progress, 100) ==
        "instructions   0% |--------------------|  0/500 [00:00<?, 0.0 docs/s, 0 failed]");
}

TEST_CASE("progress bar: the end, and documents beyond it, are 100 %") {
  Progress progress = Sample();
  progress.done = 500;
  CHECK(FormatBar(progress, 100) ==
        "instructions 100% |####################|  500/500 [00:12<00:00, 18.7 docs/s, 1 failed]");
  progress.done = 510;
  CHECK(FormatBar(progress, 100) ==
        "instructions 100% |####################|  510/500 [00:12<00:00, 18.7 docs/s, 1 failed]");
}

TEST_CASE("progress bar: 100 % is not shown before the end") {
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  CHECK(PercentDone(Done(999999, 1000000)) == 99);
  CHECK(PercentDone(Done(kHuge - 1, kHuge)) == 99);
  CHECK(PercentDone(Done(29, 100)) == 29);
}

TEST_CASE("progress bar: from an hour on the time has hours") {
  Progress progress = Sample();
  progress.elapsed_seconds = 3723;
  progress.documents_per_second = 0.1;
  CHECK(FormatBar(progress, 100) ==
        "instructions  45% |#########-----------|  225/500 [1:02:03<45:50, 0.1 docs/s, 1 failed]");
  CHECK(DurationText(3599.4) == "59:59");
  CHECK(DurationText(3599.6) == "1:00:00");
  CHECK(DurationText(360000) == "100:00:00");
}

TEST_CASE("progress bar: times without sense are question marks") {
  CHECK(DurationText(std::nullopt) == "?");
  CHECK(DurationText(-1) == "?");
  CHECK(DurationText(std::numeric_limits<double>::quiet_NaN()) == "?");
  CHECK(DurationText(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("progress bar: huge numbers are printed whole") {
  const Progress progress = {.collection = "x",
                             .done = 9223372036854775808U,
                             .total = 18446744073709551615U,
                             .failed = 9223372036854775808U,
                             .elapsed_seconds = 1,
                             .documents_per_second = 1.5,
                             .waiting_for = ""};
  CHECK(FormatBar(progress, 140) ==
        "x  50% |##########----------|  9223372036854775808/18446744073709551615 [00:01<?, 1.5 "
        "docs/s, 9223372036854775808 failed]");
}

TEST_CASE("progress bar: shrinks, then goes, then the end is cut") {
  CHECK(FormatBar(Sample(), 76) ==
        "instructions  45% |####------|  225/500 [00:12<00:15, 18.7 docs/s, 1 failed]");
  CHECK(FormatBar(Sample(), 70) ==
        "instructions  45%  225/500 [00:12<00:15, 18.7 docs/s, 1 failed]");
  CHECK(FormatBar(Sample(), 30) == "instructions  45%  225/500 [00");
  CHECK(FormatBar(Sample(), 0).empty());
}

TEST_CASE("progress bar: is cut between two characters") {
  Progress progress = Sample();
  progress.collection = "größe";
  CHECK(FormatBar(progress, 3) == "gr");
  CHECK(FormatBar(progress, 4) == "grö");
}

TEST_CASE("progress bar: is redrawn in place, one column short of the edge") {
  std::ostringstream out;
  Terminal terminal(out, {.interactive = true, .width = [] { return 31U; }}, Redactor());
  const auto bar = MakeProgressBar(terminal);
  bar->Show(Sample());
  CHECK(out.str() == "\rinstructions  45%  225/500 [00\x1b[K");
  out.str("");
  bar->Clear();
  CHECK(out.str() == "\r\x1b[K");
}

TEST_CASE("progress bar: removes a key before it is cut") {
  std::ostringstream out;
  Terminal terminal(out, {.interactive = true, .width = [] { return 20U; }},
                    Redactor({Secret("sk-secret-1-long-one-more")}));
  Progress progress = Sample();
  progress.collection = "sk-secret-1-long-one-more";
  MakeProgressBar(terminal)->Show(progress);
  CHECK(out.str() == "\r***  45%  225/500 [\x1b[K");
}

TEST_CASE("progress lines: say the same in words") {
  CHECK(FormatLine(Sample()) ==
        "instructions: 225 of 500 documents (45%), 1 failed, 18.7 docs/s, 00:12 elapsed, 00:15 "
        "left");
  Progress progress = Sample();
  progress.total = 0;
  progress.waiting_for = "waiting for Typesense: health";
  CHECK(FormatLine(progress) ==
        "instructions: 225 documents, 1 failed, 18.7 docs/s, 00:12 elapsed, ? left; waiting for "
        "Typesense: health");
}

TEST_CASE("progress lines: come every five seconds") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  const auto lines = MakeProgressLines(terminal);
  lines->Show(At(0));
  lines->Show(At(4.9));
  CHECK(out.str().empty());
  lines->Show(At(5));
  CHECK(out.str() == FormatLine(At(5)) + "\n");
  out.str("");
  lines->Show(At(9.9));
  CHECK(out.str().empty());
  lines->Show(At(10.5));
  CHECK(out.str() == FormatLine(At(10.5)) + "\n");
}

TEST_CASE("progress lines: another collection begins anew") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  const auto lines = MakeProgressLines(terminal);
  lines->Show(At(60));
  out.str("");
  Progress next = At(5);
  next.collection = "context_stores";
  lines->Show(next);
  CHECK(out.str() == FormatLine(next) + "\n");
}

TEST_CASE("progress: the style follows the terminal unless told") {
  CHECK(ShownBy(ProgressStyle::kAuto, true) == "\rinstructions");
  CHECK(ShownBy(ProgressStyle::kAuto, false) == "instructions:");
  CHECK(ShownBy(ProgressStyle::kBar, false) == "\rinstructions");
  CHECK(ShownBy(ProgressStyle::kPlain, true) == "instructions:");
  CHECK(ShownBy(ProgressStyle::kNone, true).empty());
}
