#include "reembed/core/journal_size.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr std::uint64_t kPage = 32'768;

}  // namespace

TEST_CASE("journal size: nothing for nothing, one page for little") {
  CHECK(JournalBytes(0, 0, 1536, 1536, true) == 0);
  CHECK(JournalBytes(1, 0, 1536, 1536, false) == kPage);
}

TEST_CASE("journal size: vectors, backups, rows and overhead, in whole pages") {
  // 1,000 × (4 × 256 + 4 × 1,536 + 250) = 7,418,000; with 7 % 7,937,260, that is 242.2 pages.
  CHECK(JournalBytes(1000, 1000, 256, 1536, true) == 243 * kPage);
  // Without a backup: 1,000 × (4 × 256 + 250) = 1,274,000; with 7 % 1,363,180, 41.6 pages.
  CHECK(JournalBytes(1000, 1000, 256, 1536, false) == 42 * kPage);
  CHECK(JournalBytes(1000, 1000, 256, 0, true) == 42 * kPage);
}

TEST_CASE("journal size: texts that are paid or shared cost no vector") {
  // 1,000 × 250 + 10 × 4 × 256 = 260,240; with 7 % 278,456, 8.5 pages.
  CHECK(JournalBytes(1000, 10, 256, 0, true) == 9 * kPage);
}

TEST_CASE("journal size: a hundred million large vectors do not overflow") {
  const std::uint64_t bytes = JournalBytes(100'000'000, 100'000'000, 3072, 3072, true);
  CHECK(bytes > 2'600'000'000'000);
  CHECK(bytes < 2'700'000'000'000);
}
