#include "providers/pacific_time.h"

#include <chrono>

#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

WallTime Utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return std::chrono::sys_days(date) + hours(hour) + minutes(minute);
}

std::string MidnightAfter(WallTime now) {
  return IsoTime(NextPacificMidnight(now));
}

}  // namespace

TEST_CASE("pacific time: winter and summer") {
  CHECK(MidnightAfter(Utc(2026, 11, 21, 0)) == "2026-11-21T08:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 11, 21, 7, 59)) == "2026-11-21T08:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 11, 21, 8)) == "2026-11-22T08:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 7, 4, 6, 59)) == "2026-07-04T07:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 7, 4, 7)) == "2026-07-05T07:00:00Z");
  CHECK(MidnightAfter(Utc(2027, 1, 1, 3)) == "2027-01-01T08:00:00Z");
}

TEST_CASE("pacific time: the day that daylight time begins") {
  // Sunday, 8 March 2026: 23 hours long.
  CHECK(MidnightAfter(Utc(2026, 3, 8, 7, 59)) == "2026-03-08T08:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 3, 8, 8)) == "2026-03-09T07:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 3, 8, 10)) == "2026-03-09T07:00:00Z");
}

TEST_CASE("pacific time: the day that daylight time ends") {
  // Sunday, 1 November 2026: 25 hours long.
  CHECK(MidnightAfter(Utc(2026, 11, 1, 6, 59)) == "2026-11-01T07:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 11, 1, 7)) == "2026-11-02T08:00:00Z");
  CHECK(MidnightAfter(Utc(2026, 11, 1, 9)) == "2026-11-02T08:00:00Z");
}

}  // namespace reembed::testing
