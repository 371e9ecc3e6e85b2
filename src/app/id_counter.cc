#include "id_counter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reembed {
namespace {

constexpr std::uint64_t kBeyond = std::uint64_t{1} << 32U;  // sequence numbers are of 32 bits
constexpr std::uint64_t kMargin = 10'000;
constexpr std::uint64_t kMost = 1'000'000;

class GreatestVisitor final : public ScanVisitor {
 public:
  Status Restart() override { return {}; }
  Result<Next> Visit(const Document& document) override {
    if (const auto number = AutomaticId(document.id)) {
      greatest_ = std::max(greatest_.value_or(0), *number);
    }
    return Next::kGoOn;
  }
  std::optional<std::uint64_t> greatest() const { return greatest_; }

 private:
  std::optional<std::uint64_t> greatest_;
};

class FirstVisitor final : public ScanVisitor {
 public:
  Status Restart() override { return {}; }
  Result<Next> Visit(const Document& document) override {
    id_ = document.id;
    return Next::kEnough;
  }
  const std::optional<std::string>& id() const { return id_; }

 private:
  std::optional<std::string> id_;
};

Error TooMany(const std::string& source, std::uint64_t greatest, std::uint64_t steps) {
  return {.kind = ErrorKind::kRefused,
          .message = fmt::format(
              "{} has the id {}: to let a clone give no id twice, its counter would have to be "
              "moved on by {}, one refused request line for each; more than {} are not tried. If "
              "no document is created without an id there, set `automatic_ids: false` for the "
              "collection and run again",
              source, greatest, steps, kMost)};
}

}  // namespace

std::optional<std::uint64_t> AutomaticId(std::string_view id) {
  constexpr std::size_t kDigits = 10;
  if (id.empty() || id.size() > kDigits || (id.size() > 1 && id.front() == '0')) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size() || number >= kBeyond) {
    return std::nullopt;
  }
  return number;
}

std::uint64_t IdsToUseUp(std::uint64_t greatest, std::uint64_t documents) {
  const std::uint64_t goal = greatest + 1 + kMargin;
  return goal > documents ? goal - documents : 0;
}

Result<std::optional<std::uint64_t>> GreatestAutomaticId(StoreReader& reader,
                                                         const std::string& collection,
                                                         const StopTokens& stop) {
  GreatestVisitor visitor;
  const auto scan = reader.MakeScan({.collection = collection});
  if (auto read = scan->Run(visitor, stop); !read.ok()) return read.error();
  return visitor.greatest();
}

Result<std::uint64_t> CountIdsToUseUp(StoreReader& reader, const std::string& source,
                                      std::uint64_t documents, const StopTokens& stop) {
  const auto greatest = GreatestAutomaticId(reader, source, stop);
  if (!greatest.ok()) return greatest.error();
  if (!*greatest) return std::uint64_t{0};
  const std::uint64_t steps = IdsToUseUp(**greatest, documents);
  if (steps > kMost) return TooMany(source, **greatest, steps);
  return steps;
}

Status MoveIdCounter(const StrategyTools& tools, const std::string& source,
                     const std::string& clone, const StopTokens& stop) {
  const auto documents = tools.reader.Count(clone, "", stop);
  if (!documents.ok()) return documents.error();
  const auto steps = CountIdsToUseUp(tools.reader, source, *documents, stop);
  if (!steps.ok()) return steps.error();
  if (*steps == 0) return {};
  // Any document of the clone will do: its creation is refused as often as is needed.
  FirstVisitor first;
  const auto scan = tools.reader.MakeScan({.collection = clone});
  if (auto read = scan->Run(first, stop); !read.ok()) return read;
  if (!first.id()) return {};
  const WaitNotice notice(tools.activity,
                          fmt::format("moving the id counter of {} on by {}", clone, *steps));
  return tools.writer.MakeCopier(clone)->UseUpIds(*first.id(), *steps, stop);
}

}  // namespace reembed
