// kill_harness [KILLS [SEED]]: kills the program again and again and checks what is left; prints a
// table. Exit 0 when everything held, 1 with the problems otherwise.

#include <charconv>
#include <cstring>
#include <iostream>

#include "kill_harness.h"

namespace {

template <typename Number>
bool Parse(const char* text, Number& number) {
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

int main(int argc, char** argv) {
  reembed::testing::KillOptions options;
  const bool understood = (argc < 2 || Parse(argv[1], options.kills)) &&
                          (argc < 3 || Parse(argv[2], options.seed)) && argc <= 3;
  if (!understood) {
    std::cerr << "usage: kill_harness [KILLS [SEED]]\n";
    return 2;
  }
  const auto result = reembed::testing::RunKillHarness(options, std::cout);
  std::cout << result.kills << " kills (" << result.kills_in_rollback << " of them in rollback), "
            << result.paid_twice << " texts paid again, " << result.may_be_paid_twice
            << " in flight at most\n"
            << result.problems;
  return result.problems.empty() ? 0 : 1;
}
