#include "tests/sandbox/provider_embedder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace reembed::sandbox {
namespace {

constexpr int kBucketsPerWord = 8;
constexpr float kNoise = 0.15F;  // length of the part that tells equal bags of words apart
constexpr std::uint32_t kFirstCjk = 0x2E80;

std::uint64_t Mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

std::uint64_t AddByte(std::uint64_t hash, unsigned char byte) {
  return (hash ^ byte) * 0x100000001B3ULL;
}

std::uint64_t Hash(std::string_view text, std::uint64_t seed) {
  for (const char c : text) seed = AddByte(seed, static_cast<unsigned char>(c));
  return Mix(seed);
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsAscii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

bool IsWordByte(char c) {
  const char low = Lower(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

std::size_t CharBytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

// Three or four bytes and from the CJK blocks on; a stray byte counts as a letter.
bool IsCjk(std::string_view character) {
  if (character.size() == 4) return true;
  if (character.size() < 3) return false;
  const auto bits = [&](std::size_t i) { return static_cast<std::uint32_t>(character[i]) & 0x3FU; };
  const std::uint32_t code = ((bits(0) & 0x0FU) << 12) | (bits(1) << 6) | bits(2);
  return code >= kFirstCjk;
}

void AddWord(std::uint64_t word, std::vector<float>& vector) {
  for (int i = 0; i < kBucketsPerWord; ++i) {
    word = Mix(word);
    vector[(word >> 1) % vector.size()] += (word & 1) != 0 ? 1.0F : -1.0F;
  }
}

// One pass over the bytes: runs of letters and digits are words, a CJK character is one by itself.
void AddWords(std::string_view text, std::uint64_t seed, std::vector<float>& vector) {
  std::uint64_t word = seed;
  const auto flush = [&] {
    if (word != seed) AddWord(word, vector);
    word = seed;
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = std::min(CharBytes(text[i]), text.size() - i);
    const std::string_view character = text.substr(i, size);
    i += size;
    const bool cjk = IsCjk(character);
    if (cjk || (size == 1 && IsAscii(character[0]) && !IsWordByte(character[0]))) flush();
    if (size == 1 && !IsWordByte(character[0]) && IsAscii(character[0])) continue;
    for (const char c : character) word = AddByte(word, static_cast<unsigned char>(Lower(c)));
    if (cjk) flush();
  }
  flush();
}

// Makes every vector dense, as real ones are, and different for texts of equal words.
void AddNoise(std::uint64_t state, std::vector<float>& vector) {
  const float scale = kNoise * std::sqrt(3.0F / static_cast<float>(vector.size()));
  for (float& component : vector) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const auto high = static_cast<std::int32_t>(state >> 32);
    component += scale * (static_cast<float>(high) / 2147483648.0F);
  }
}

void ScaleTo(double length, std::vector<float>& vector) {
  double sum = 0;
  for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
  const double factor = length / std::sqrt(sum);
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) * factor);
}

}  // namespace

std::vector<float> SandboxVector(const VectorRecipe& recipe, std::string_view text) {
  const std::uint64_t seed = Hash(recipe.task_type, Hash(recipe.model, 0xCBF29CE484222325ULL));
  const std::uint64_t whole = Hash(text, seed) | 1;  // xorshift needs a state other than zero
  std::vector<float> vector(static_cast<std::size_t>(std::max(recipe.dimensions, 1)), 0.0F);
  AddWords(text, seed, vector);
  AddNoise(whole, vector);
  ScaleTo(recipe.normalized ? 1.0 : 0.55 + 0.003 * static_cast<double>(whole % 100), vector);
  return vector;
}

std::size_t SandboxTokens(std::string_view text) {
  std::size_t quarters = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = std::min(CharBytes(text[i]), text.size() - i);
    const std::string_view character = text.substr(i, size);
    quarters += IsAscii(character[0]) ? 1U : (IsCjk(character) ? 4U : 2U);
    i += size;
  }
  return std::max<std::size_t>((quarters + 3) / 4, 1);
}

}  // namespace reembed::sandbox
