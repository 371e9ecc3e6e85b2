#include "tests/sandbox/typesense_document.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kShortestMoved = 8;
constexpr std::size_t kNumberBuffer = 32;

// The double that the shortest decimal spelling of a float32 stands for.
double Respelled(float value) {
  char text[kNumberBuffer];
  const auto written = std::to_chars(text, text + kNumberBuffer, value);
  double read = 0;
  std::from_chars(text, written.ptr, read);
  return read;
}

bool IsReproduced(const json& number) {
  if (!number.is_number_float()) return false;
  const double value = number.get<double>();
  return std::abs(value) <= std::numeric_limits<float>::max() &&
         Respelled(static_cast<float>(value)) == value;
}

template <typename Pairs>
auto Position(Pairs& pairs, const std::string& key) {
  return std::lower_bound(pairs.begin(), pairs.end(), key,
                          [](const auto& pair, const auto& wanted) { return pair.first < wanted; });
}

void AppendKey(const std::string& key, std::size_t start, std::string& out) {
  if (out.size() > start + 1) out += ',';
  out += json(key).dump() + ':';
}

}  // namespace

void AppendFloats(const Floats& values, std::string& out) {
  json array = json::array();
  array.get_ref<json::array_t&>().reserve(values.size());
  for (const float value : values) array.push_back(Respelled(value));
  out += array.dump();
}

Document::Document(json object) : keys_(std::make_unique<json>(std::move(object))) {
  std::vector<std::string> candidates;
  for (const auto& [key, value] : keys_->items()) {
    const bool fits = value.is_array() && value.size() >= kShortestMoved &&
                      std::all_of(value.begin(), value.end(), IsReproduced);
    if (fits) candidates.push_back(key);
  }
  for (const std::string& key : candidates) MoveOut(key);
}

Document::Document(const Document& other)
    : keys_(std::make_unique<json>(*other.keys_)), moved_(other.moved_) {}
Document::Document(Document&& other) noexcept = default;
Document& Document::operator=(Document&& other) noexcept = default;
Document::~Document() = default;

std::string Document::id() const {
  const auto found = keys_->find("id");
  return found != keys_->end() && found->is_string() ? found->get<std::string>() : "";
}

SharedFloats Document::Moved(const std::string& key) const {
  const auto found = Position(moved_, key);
  return found != moved_.end() && found->first == key ? found->second : nullptr;
}

std::vector<std::string> Document::MovedKeys() const {
  std::vector<std::string> keys;
  for (const auto& [key, values] : moved_) keys.push_back(key);
  return keys;
}

void Document::MoveOut(const std::string& key) {
  SetMoved(key, std::make_shared<const Floats>((*keys_)[key].get<Floats>()));
  keys_->erase(key);
}

void Document::SetMoved(const std::string& key, SharedFloats values) {
  const auto place = Position(moved_, key);
  if (place != moved_.end() && place->first == key) {
    place->second = std::move(values);
  } else {
    moved_.emplace(place, key, std::move(values));
  }
}

void Document::PutBack(const std::string& key) {
  const SharedFloats values = Moved(key);
  if (!values) return;
  Erase(key);
  json& array = (*keys_)[key] = json::array();
  for (const float value : *values) array.push_back(Respelled(value));
}

bool Document::Has(const std::string& key) const {
  return keys_->contains(key) || Moved(key);
}

void Document::Erase(const std::string& key) {
  keys_->erase(key);
  const auto found = Position(moved_, key);
  if (found != moved_.end() && found->first == key) moved_.erase(found);
}

void Document::Merge(Document&& update, bool nested) {
  for (auto& [key, value] : update.keys_->items()) {
    if (key == "id") continue;
    const bool was_moved = Moved(key) != nullptr;
    if (was_moved) Erase(key);
    MergeKey(*keys_, key, std::move(value), nested);
  }
  for (auto& [key, values] : update.moved_) {
    if (nested && PointsIntoObject(*keys_, key)) continue;
    keys_->erase(key);
    SetMoved(key, std::move(values));
  }
}

void Document::AppendTo(std::string& out) const {
  if (moved_.empty()) {
    out += keys_->dump();
    return;
  }
  AppendTo(out, Selection());
}

void Document::AppendTo(std::string& out, const Selection& selection) const {
  const std::size_t start = out.size();
  out += '{';
  auto next = moved_.begin();
  const auto append_moved_before = [&](const std::string* key) {
    for (; next != moved_.end() && (key == nullptr || next->first < *key); ++next) {
      if (selection.Excludes(next->first) || !selection.Includes(next->first)) continue;
      AppendKey(next->first, start, out);
      AppendFloats(*next->second, out);
    }
  };
  for (const auto& [key, value] : keys_->items()) {
    append_moved_before(&key);
    const std::size_t before = out.size();
    AppendKey(key, start, out);
    if (!AppendSelected(value, key, selection, out)) out.resize(before);
  }
  append_moved_before(nullptr);
  out += '}';
}

}  // namespace reembed::sandbox
