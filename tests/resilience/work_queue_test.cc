#include "src/resilience/work_queue.h"

#include <utility>
#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

using Indices = std::vector<std::size_t>;

struct QueueRig {
  WorkQueue queue{{.max_attempts = 10}, {.max_attempts = 3}};

  Piece Start(Indices texts) {
    queue.PushNext(std::move(texts));
    return queue.Pop();
  }
  std::vector<Indices> Rest() {
    std::vector<Indices> rest;
    while (!queue.empty()) rest.push_back(queue.Pop().texts);
    return rest;
  }
};

TEST_CASE("work queue: parts come next, in the order of the texts") {
  QueueRig rig;
  rig.queue.PushNext({9});
  const Piece piece = rig.Start({1, 2, 3, 4, 5});
  rig.queue.SplitAt(piece, 3);
  CHECK(rig.Rest() == std::vector<Indices>{{1, 2, 3}, {4, 5}, {9}});
}

TEST_CASE("work queue: the rest without one text, and nothing when that was all") {
  QueueRig rig;
  rig.queue.PushRest(rig.Start({1, 2, 3}), 1);
  CHECK(rig.Rest() == std::vector<Indices>{{1, 3}});
  rig.queue.PushRest(rig.Start({1}), 0);
  CHECK(rig.queue.empty());
}

TEST_CASE("work queue: single texts have attempts of their own") {
  QueueRig rig;
  Piece piece = rig.Start({1, 2});
  CHECK(piece.tries.policy.max_attempts == 10);
  piece.tries.failed = 10;
  rig.queue.PushSingles(piece);
  const Piece single = rig.queue.Pop();
  CHECK(single.texts == Indices{1});
  CHECK(single.alone_at_last);
  CHECK(single.tries.policy.max_attempts == 3);
  CHECK(single.tries.failed == 0);
}

TEST_CASE("work queue: what is postponed goes to the end, in halves") {
  QueueRig rig;
  const Piece piece = rig.Start({1, 2, 3});
  rig.queue.PushNext({9});
  rig.queue.Postpone(piece);
  CHECK(rig.Rest() == std::vector<Indices>{{9}, {1}, {2, 3}});
}

TEST_CASE("work queue: a postponed single text keeps the attempts it has left") {
  QueueRig rig;
  Piece piece = rig.Start({1});
  piece.tries.failed = 2;
  rig.queue.Postpone(piece);
  CHECK(rig.queue.Pop().tries.failed == 2);
}

}  // namespace
}  // namespace reembed
