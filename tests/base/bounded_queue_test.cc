#include "reembed/base/bounded_queue.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/catch2.h"

using reembed::BoundedQueue;

TEST_CASE("queue: gives items back in order") {
  BoundedQueue<int> queue(3);
  CHECK(queue.Push(1));
  CHECK(queue.Push(2));
  CHECK(queue.Pop() == 1);
  CHECK(queue.Pop() == 2);
}

TEST_CASE("queue: a closed queue is drained, then empty") {
  BoundedQueue<int> queue(3);
  CHECK(queue.Push(1));
  queue.Close();
  CHECK_FALSE(queue.Push(2));
  CHECK(queue.Pop() == 1);
  CHECK(queue.Pop() == std::nullopt);
}

TEST_CASE("queue: TryPop does not wait") {
  BoundedQueue<int> queue(1);
  CHECK(queue.TryPop() == std::nullopt);
}

TEST_CASE("queue: a stop ends a wait for an item") {
  BoundedQueue<int> queue(1);
  std::stop_source stop;
  std::optional<int> popped = 1;
  std::jthread consumer([&] { popped = queue.Pop(stop.get_token()); });
  stop.request_stop();
  consumer.join();
  CHECK(popped == std::nullopt);
}

TEST_CASE("queue: a stop ends a wait for room and drops the item") {
  BoundedQueue<int> queue(1);
  std::stop_source stop;
  CHECK(queue.Push(1));
  bool pushed = true;
  std::jthread producer([&] { pushed = queue.Push(2, stop.get_token()); });
  stop.request_stop();
  producer.join();
  CHECK_FALSE(pushed);
  CHECK(queue.size() == 1);
}

TEST_CASE("queue: holds no more than its capacity while many threads push and pop") {
  constexpr int kEach = 500;
  BoundedQueue<int> queue(4);
  std::atomic<long> sum = 0;
  std::atomic<bool> above_capacity = false;
  std::vector<std::jthread> threads;
  for (int p = 0; p < 3; ++p) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kEach; ++i) queue.Push(i);
    });
  }
  std::vector<std::jthread> consumers;
  for (int c = 0; c < 3; ++c) {
    consumers.emplace_back([&] {
      while (auto item = queue.Pop()) {
        sum += *item;
        above_capacity = above_capacity || queue.size() > 4;
      }
    });
  }
  threads.clear();
  queue.Close();
  consumers.clear();
  CHECK(sum == 3L * kEach * (kEach + 1) / 2);
  CHECK_FALSE(above_capacity);
}

TEST_CASE("queue: moves what cannot be copied") {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  queue.Push(std::make_unique<int>(7));
  CHECK(**queue.Pop() == 7);
}
