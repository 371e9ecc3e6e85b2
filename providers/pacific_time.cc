#include "providers/pacific_time.h"

#include <chrono>

namespace reembed {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::sys_days;

constexpr hours kStandard{8};  // behind UTC
constexpr hours kDaylight{7};

hours BehindUtc(WallTime time) {
  using std::chrono::March;
  using std::chrono::November;
  using std::chrono::Sunday;
  const auto year = std::chrono::year_month_day(floor<days>(time - kStandard)).year();
  const WallTime begin = sys_days{year / March / Sunday[2]} + hours(2) + kStandard;
  const WallTime end = sys_days{year / November / Sunday[1]} + hours(2) + kDaylight;
  return time >= begin && time < end ? kDaylight : kStandard;
}

}  // namespace

WallTime NextPacificMidnight(WallTime now) {
  const WallTime local_midnight = floor<days>(now - BehindUtc(now)) + days(1);
  // The clock may be changed between now and then, but never at midnight itself.
  const WallTime midnight = local_midnight + kDaylight;
  return BehindUtc(midnight) == kDaylight ? midnight : local_midnight + kStandard;
}

}  // namespace reembed
