#include "src/io/http/body_pool.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("body pool: a body that was given back is taken again, empty") {
  BodyPool pool;
  std::string body = pool.Take(kMegabyte);
  CHECK(body.capacity() >= kMegabyte);
  body = std::string(kMegabyte, 'x');
  const char* const memory = body.data();
  pool.Give(std::move(body));
  const std::string again = pool.Take(kMegabyte / 2);
  CHECK(again.data() == memory);
  CHECK(again.empty());
  CHECK(pool.Take(kMegabyte / 2).data() != memory);
}

TEST_CASE("body pool: what is too small for an answer is left for another") {
  BodyPool pool;
  pool.Give(std::string(kMegabyte, 'x'));
  CHECK(pool.Take(2 * kMegabyte).capacity() >= 2 * kMegabyte);
  std::string large(3 * kMegabyte, 'x');
  const char* const memory = large.data();
  pool.Give(std::move(large));
  CHECK(pool.Take(2 * kMegabyte).data() == memory);
}

TEST_CASE("body pool: keeps neither small bodies nor more than eight megabytes in all") {
  BodyPool pool;
  std::string small(1000, 'x');
  const char* const memory = small.data();
  pool.Give(std::move(small));
  CHECK(pool.Take(500).data() != memory);
  std::size_t kept = 0;
  for (int i = 0; i < 20; ++i) pool.Give(std::string(kMegabyte, 'x'));
  for (int i = 0; i < 20; ++i) {
    // A new one is as large as asked for and no larger.
    kept += pool.Take(kMegabyte / 2).capacity() >= kMegabyte ? 1U : 0U;
  }
  CHECK(kept == 8);
  pool.Give(std::string(9 * kMegabyte, 'x'));
  CHECK(pool.Take(kMegabyte).capacity() < 9 * kMegabyte);
}
