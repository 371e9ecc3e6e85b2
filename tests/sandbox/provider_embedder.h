// The sandbox's embedding model: feature hashing of words, so that texts that share words lie
// near each other, and any test can compute the vector a text must have.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reembed::sandbox {

/// What decides a vector, apart from the text. Two recipes with different models or task types
/// give incomparable vectors, as with the real services.
struct VectorRecipe {
  std::string model;
  std::string task_type;   ///< empty: the model has none or ignores it
  int dimensions = 0;      ///< number of components, at least 1
  bool normalized = true;  ///< false: length between 0.55 and 0.85, as Gemini's short vectors
};

/// The vector of `text`: float32, never all zero, the same on every call and in every process.
/// Words are compared without regard to ASCII case; every other difference between two texts
/// shows as a small difference of the vectors. Pure; any thread.
std::vector<float> SandboxVector(const VectorRecipe& recipe, std::string_view text);

/// The tokens the sandbox bills for `text`: four ASCII bytes, two other letters or one CJK
/// character make a token; at least 1, never more than the text has bytes (an empty text: 1).
std::size_t SandboxTokens(std::string_view text);

}  // namespace reembed::sandbox
