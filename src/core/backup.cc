#include "reembed/core/backup.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <vector>

#include "json_number.h"
#include "shortest_text.h"

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are little-endian");

template <typename Number>
std::string ToBlob(std::span<const Number> numbers) {
  std::string blob(numbers.size_bytes(), '\0');
  if (!numbers.empty()) std::memcpy(blob.data(), numbers.data(), blob.size());
  return blob;
}

template <typename Number>
std::optional<std::vector<Number>> FromBlob(std::string_view blob) {
  if (blob.size() % sizeof(Number) != 0) return std::nullopt;
  std::vector<Number> numbers(blob.size() / sizeof(Number));
  if (!numbers.empty()) std::memcpy(numbers.data(), blob.data(), blob.size());
  const bool finite = std::all_of(numbers.begin(), numbers.end(),
                                  [](Number number) { return std::isfinite(number); });
  return finite ? std::optional(std::move(numbers)) : std::nullopt;
}

bool FitsFloat32(const StoredField& field) {
  if (field.is_shortest) return *field.is_shortest;
  NumberTokens tokens(field.json);
  std::string spelled;
  for (const float number : field.vector) {
    const auto token = tokens.Next();
    if (!token || !std::isfinite(number)) return false;
    spelled.clear();
    AppendShortest(spelled, number);
    if (!SameNumber(*token, spelled)) return false;
  }
  return !tokens.Next();
}

// The elements, if each is a finite double that is no integer literal.
std::optional<std::vector<double>> AsDoubles(const StoredField& field) {
  std::vector<double> doubles;
  doubles.reserve(field.vector.size());
  NumberTokens tokens(field.json);
  while (const auto token = tokens.Next()) {
    const auto number = IsIntegerLiteral(*token) ? std::nullopt : ParseJsonNumber(*token);
    if (!number || !std::isfinite(*number)) return std::nullopt;
    doubles.push_back(*number);
  }
  return doubles;
}

void AppendDouble(std::string& out, double number) {
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), number);
  if (IsIntegerLiteral(std::string_view{out}.substr(start))) out += ".0";
}

std::string DoublesJson(std::span<const double> numbers) {
  std::string out = "[";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0) out += ',';
    AppendDouble(out, numbers[i]);
  }
  out += ']';
  return out;
}

FieldBackup EncodeVector(const StoredField& field) {
  if (FitsFloat32(field)) return {BackupKind::kFloat32, ToBlob(std::span(field.vector))};
  if (const auto doubles = AsDoubles(field)) {
    return {BackupKind::kFloat64, ToBlob(std::span(*doubles))};
  }
  return {BackupKind::kText, field.json};
}

Error Damaged(std::string_view what) {
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format("a backup in the journal is damaged: {}", what)};
}

Result<std::size_t> AbsentLevel(std::string_view blob, std::size_t depth) {
  if (blob.size() != 1) return Damaged("it does not say what was absent");
  const std::size_t level = static_cast<unsigned char>(blob.front());
  if (level >= depth) return Damaged("it names a level that the field does not have");
  return level;
}

// The JSON of a value that was there.
Result<std::string> ValueJson(const FieldBackup& backup) {
  if (backup.kind == BackupKind::kFloat32) {
    const auto numbers = FromBlob<float>(backup.blob);
    if (!numbers) return Damaged("it is no vector of float32");
    std::string json;
    AppendShortest(json, *numbers);
    return json;
  }
  if (backup.kind == BackupKind::kFloat64) {
    const auto numbers = FromBlob<double>(backup.blob);
    if (!numbers) return Damaged("it is no vector of float64");
    return DoublesJson(*numbers);
  }
  if (backup.kind != BackupKind::kText) return Damaged("it is of an unknown kind");
  if (!nlohmann::json::accept(backup.blob)) return Damaged("it is no JSON");
  return backup.blob;
}

}  // namespace

FieldBackup EncodeBackup(const StoredField& field) {
  switch (field.kind) {
    case FieldKind::kAbsent: {
      constexpr std::size_t kMost = std::numeric_limits<unsigned char>::max();
      return {BackupKind::kAbsent,
              std::string(1, static_cast<char>(std::min(field.levels_there, kMost)))};
    }
    case FieldKind::kNull:
      return {BackupKind::kNull, {}};
    case FieldKind::kVector:
      return EncodeVector(field);
    case FieldKind::kOther:
      break;
  }
  return {BackupKind::kText, field.json};
}

Result<FieldValue> DecodeBackup(const FieldBackup& backup, std::size_t depth) {
  if (depth == 0) return Damaged("the field has no name");
  if (backup.kind == BackupKind::kAbsent) {
    const auto level = AbsentLevel(backup.blob, depth);
    if (!level.ok()) return level.error();
    return FieldValue{"null", *level};
  }
  if (backup.kind == BackupKind::kNull) {
    if (!backup.blob.empty()) return Damaged("a null has no content");
    return FieldValue{"null", depth - 1};
  }
  auto json = ValueJson(backup);
  if (!json.ok()) return json.error();
  return FieldValue{std::move(*json), depth - 1};
}

}  // namespace reembed
