#include "tests/sandbox/provider_embedder.h"

#include <cmath>
#include <numeric>

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

VectorRecipe Recipe(const char* model = "m", const char* task = "", int dimensions = 256) {
  return {.model = model, .task_type = task, .dimensions = dimensions};
}

double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double Length(const std::vector<float>& v) {
  return std::sqrt(Dot(v, v));
}

double Likeness(const char* a, const char* b) {
  return Dot(SandboxVector(Recipe(), a), SandboxVector(Recipe(), b));
}

}  // namespace

TEST_CASE("embedder: the same text gives the same vector") {
  CHECK(SandboxVector(Recipe(), "sales by region") == SandboxVector(Recipe(), "sales by region"));
}

TEST_CASE("embedder: vectors have the length that was asked for and are normalised") {
  const auto vector = SandboxVector(Recipe("m", "", 1536), "sales by region");
  CHECK(vector.size() == 1536);
  CHECK(Length(vector) == Approx(1.0).margin(1e-6));
}

TEST_CASE("embedder: an un-normalised vector points the same way and is shorter") {
  VectorRecipe recipe = Recipe();
  const auto unit = SandboxVector(recipe, "sales");
  recipe.normalized = false;
  const auto raw = SandboxVector(recipe, "sales");
  CHECK(Length(raw) > 0.5);
  CHECK(Length(raw) < 0.9);
  CHECK(Dot(unit, raw) / Length(raw) == Approx(1.0).margin(1e-6));
}

TEST_CASE("embedder: texts that share words lie nearer than others") {
  CHECK(Likeness("filter sales by month", "filter sales by week") > 0.6);
  CHECK(Likeness("filter sales by month", "unrelated wording entirely here") < 0.4);
  CHECK(Likeness("Filter SALES", "filter sales") > 0.98);
}

TEST_CASE("embedder: Chinese and Japanese texts are alike by character") {
  CHECK(Likeness("先月の売上", "先月の注文") > 0.4);
}

TEST_CASE("embedder: texts with equal words in another order differ") {
  CHECK(SandboxVector(Recipe(), "a b") != SandboxVector(Recipe(), "b a"));
}

TEST_CASE("embedder: model and task type change the vector") {
  const auto vector = SandboxVector(Recipe(), "sales");
  CHECK(Dot(vector, SandboxVector(Recipe("n"), "sales")) < 0.5);
  CHECK(Dot(vector, SandboxVector(Recipe("m", "RETRIEVAL_QUERY"), "sales")) < 0.5);
}

TEST_CASE("embedder: a text without words has a vector, too") {
  CHECK(Length(SandboxVector(Recipe(), "!?")) == Approx(1.0).margin(1e-6));
  CHECK(Length(SandboxVector(Recipe(), "")) == Approx(1.0).margin(1e-6));
  CHECK(Length(SandboxVector(Recipe(), "\xff\xe6")) == Approx(1.0).margin(1e-6));
}

TEST_CASE("tokens: four ASCII bytes, two accented letters or one CJK character are one") {
  CHECK(SandboxTokens("") == 1);
  CHECK(SandboxTokens("a") == 1);
  CHECK(SandboxTokens("abcdefgh") == 2);
  CHECK(SandboxTokens("abcdefghi") == 3);
  CHECK(SandboxTokens("éééé") == 2);
  CHECK(SandboxTokens("先月の") == 3);
  CHECK(SandboxTokens("🍵🍵") == 2);
}

}  // namespace reembed::sandbox
