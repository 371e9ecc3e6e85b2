#include "reembed/core/batcher.h"

#include <random>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

PendingText Text(std::string text) {
  const TextHash hash = HashText(text);
  return {.hash = hash, .text = std::move(text)};
}

const TokenEstimate kEstimate{.weights = {0.25, 0, 0.25, 0.25, 0.25, 0.5, 0.75, 1.0}};

}  // namespace

TEST_CASE("batcher: hands a batch out as soon as it is full") {
  Batcher batcher({.max_texts = 2}, {.max_texts = 2});
  CHECK_FALSE(batcher.Add(Text("a"), kEstimate));
  const auto batch = batcher.Add(Text("b"), kEstimate);
  REQUIRE(batch);
  CHECK(batch->texts.size() == 2);
  CHECK(batch->texts[0].text == "a");
  CHECK_FALSE(batcher.Flush());
}

TEST_CASE("batcher: the first batch is small, the others are not") {
  Batcher batcher({.max_texts = 3}, {.max_texts = 1});
  CHECK(batcher.Add(Text("a"), kEstimate)->texts.size() == 1);
  CHECK_FALSE(batcher.Add(Text("b"), kEstimate));
  CHECK_FALSE(batcher.Add(Text("c"), kEstimate));
  CHECK(batcher.Add(Text("d"), kEstimate)->texts.size() == 3);
}

TEST_CASE("batcher: a text that does not fit begins the next batch") {
  Batcher batcher({.max_texts = 9, .max_tokens = 4}, {.max_texts = 9, .max_tokens = 4});
  CHECK_FALSE(batcher.Add(Text("12345678"), kEstimate));
  const auto batch = batcher.Add(Text("123456789abc"), kEstimate);
  REQUIRE(batch);
  CHECK(batch->estimated_tokens == 2);
  CHECK(batcher.Flush()->estimated_tokens == 3);
}

TEST_CASE("batcher: bytes are a limit too") {
  Batcher batcher({.max_texts = 9, .max_bytes = 10}, {.max_texts = 9, .max_bytes = 10});
  CHECK_FALSE(batcher.Add(Text("123456"), kEstimate));
  CHECK(batcher.Add(Text("abcdef"), kEstimate)->bytes == 6);
}

TEST_CASE("batcher: a single text above every limit gets a batch of its own") {
  Batcher batcher({.max_texts = 9, .max_tokens = 1}, {.max_texts = 9, .max_tokens = 1});
  CHECK_FALSE(batcher.Add(Text(std::string(100, 'x')), kEstimate));
  CHECK(batcher.Add(Text("y"), kEstimate)->texts.front().text.size() == 100);
}

TEST_CASE("batcher: texts get their shape, and a batch has that of all") {
  Batcher batcher({.max_texts = 2}, {.max_texts = 2});
  PendingText known = Text("known");
  known.shape = {.counts = {16}, .texts = 1, .bytes = 5};
  CHECK_FALSE(batcher.Add(std::move(known), kEstimate));
  const auto batch = batcher.Add(Text("ab 1"), kEstimate);
  REQUIRE(batch);
  CHECK(batch->texts[0].shape.counts[0] == 16);
  CHECK(batch->texts[1].shape.counts == ShapeOf("ab 1").counts);
  CHECK(batch->shape.counts[0] == 18);
  CHECK(batch->shape.texts == 2);
  CHECK(batch->shape.bytes == 9);
  CHECK(batch->estimated_tokens == 5);
}

TEST_CASE("batcher: limits may change while texts come, but for those of the first batch") {
  Batcher batcher({.max_texts = 9}, {.max_texts = 2});
  batcher.Limit({.max_texts = 3});
  CHECK_FALSE(batcher.Add(Text("a"), kEstimate));
  CHECK(batcher.Add(Text("b"), kEstimate)->texts.size() == 2);
  CHECK_FALSE(batcher.Add(Text("c"), kEstimate));
  CHECK_FALSE(batcher.Add(Text("d"), kEstimate));
  batcher.Limit({.max_texts = 1});
  CHECK(batcher.Add(Text("e"), kEstimate)->texts.size() == 2);
  CHECK(batcher.Flush()->texts.size() == 1);
}

TEST_CASE("batcher: zero texts is no limit") {
  Batcher batcher({.max_texts = 0, .max_bytes = 3}, {.max_texts = 0, .max_bytes = 3});
  for (const char* text : {"a", "b", "c"}) CHECK_FALSE(batcher.Add(Text(text), kEstimate));
  CHECK(batcher.Add(Text("d"), kEstimate)->texts.size() == 3);
}

TEST_CASE("batcher: loses nothing, keeps the order and every limit, whatever comes") {
  std::mt19937 random(7);
  const BatchLimits limits{.max_texts = 5, .max_tokens = 40, .max_bytes = 150};
  Batcher batcher(limits, {.max_texts = 2});
  std::vector<std::size_t> in;
  std::vector<std::size_t> out;
  bool within = true;
  const auto take = [&](const Batch& batch) {
    within = within && batch.texts.size() <= 5;
    within = within && (batch.texts.size() == 1 || batch.bytes <= 150);
    for (const PendingText& text : batch.texts) out.push_back(text.text.size());
  };
  for (int i = 0; i < 2000; ++i) {
    const std::size_t length = 1 + random() % 200;
    in.push_back(length);
    if (auto batch = batcher.Add(Text(std::string(length, 'x')), kEstimate)) take(*batch);
  }
  if (auto batch = batcher.Flush()) take(*batch);
  CHECK(in == out);
  CHECK(within);
}
