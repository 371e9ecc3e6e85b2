#include "src/io/journal/grown_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/support/temp_folder.h"

namespace reembed {
namespace {

using testing::TempFolder;

constexpr std::size_t kMegabyte = 1 << 20;
constexpr long kMemoryFileSystem = 0x01021994;  // its files are nowhere but in memory

void Grow(const std::string& path, std::size_t megabytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::vector<char> chunk(kMegabyte, 'x');
  for (std::size_t i = 0; i < megabytes; ++i) {
    REQUIRE(write(file, chunk.data(), chunk.size()) == static_cast<ssize_t>(chunk.size()));
  }
  REQUIRE(fsync(file) == 0);
  close(file);
}

/// Megabytes of `from` to `to` that the system holds in memory, rounded down.
std::size_t InMemory(const std::string& path, std::size_t from, std::size_t to) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::size_t length = (to - from) * kMegabyte;
  void* const mapped =
      mmap(nullptr, length, PROT_READ, MAP_SHARED, file, static_cast<off_t>(from * kMegabyte));
  REQUIRE(mapped != MAP_FAILED);
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages(length / page);
  REQUIRE(mincore(mapped, length, pages.data()) == 0);
  munmap(mapped, length);
  close(file);
  const auto held = std::count_if(pages.begin(), pages.end(), [](auto flags) { return flags & 1; });
  return static_cast<std::size_t>(held) * page / kMegabyte;
}

bool IsOnDisk(const std::string& path) {
  struct statfs where {};
  REQUIRE(statfs(path.c_str(), &where) == 0);
  return where.f_type != kMemoryFileSystem;
}

TEST_CASE("grown pages: what was added is given back, what was there stays") {
  const TempFolder folder;
  const std::string path = folder.path() + "/file";
  Grow(path, 8);
  GrownPages grown(path);
  Grow(path, 8);
  CHECK(InMemory(path, 0, 16) == 16);
  grown.Release();
  CHECK(InMemory(path, 0, 8) == 8);
  CHECK(InMemory(path, 8, 16) == (IsOnDisk(path) ? 0 : 8));
  CHECK(std::filesystem::file_size(path) == 16 * kMegabyte);
}

TEST_CASE("grown pages: a file that was cut begins anew") {
  const TempFolder folder;
  const std::string path = folder.path() + "/file";
  Grow(path, 16);
  GrownPages grown(path);
  std::filesystem::resize_file(path, 2 * kMegabyte);
  grown.Release();
  Grow(path, 6);
  grown.Release();
  CHECK(InMemory(path, 0, 2) == 2);
  CHECK(InMemory(path, 2, 8) == (IsOnDisk(path) ? 0 : 6));
}

TEST_CASE("grown pages: a little is left until it is more") {
  const TempFolder folder;
  const std::string path = folder.path() + "/file";
  Grow(path, 1);
  GrownPages grown(path);
  Grow(path, 2);
  grown.Release();
  CHECK(InMemory(path, 0, 3) == 3);
}

TEST_CASE("grown pages: a file that cannot be opened is left alone") {
  GrownPages grown("/nowhere/file");
  grown.Release();
}

}  // namespace
}  // namespace reembed
