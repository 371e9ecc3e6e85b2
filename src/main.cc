// The composition root: the only place that names concrete classes.

#include <malloc.h>

#include <exception>
#include <iostream>

#include "src/program.h"

namespace {

// The C library's defaults keep what a burst of large replies has used: an arena for every thread,
// and a size above which memory goes back to the system that grows with the largest block freed.
void GiveMemoryBack() {
#if defined(M_ARENA_MAX) && defined(M_MMAP_THRESHOLD)
  constexpr int kArenas = 2;
  constexpr int kMappedFrom = 256 << 10;
  mallopt(M_ARENA_MAX, kArenas);
  mallopt(M_MMAP_THRESHOLD, kMappedFrom);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  GiveMemoryBack();
  try {
    return reembed::RunProgram(argc, argv, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "reembed: this is a bug, please report it: " << error.what() << '\n';
    return 1;
  }
}
