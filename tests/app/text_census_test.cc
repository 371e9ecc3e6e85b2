#include "src/app/text_census.h"

#include <string>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

void AddText(TextCensus& census, const std::string& text) {
  census.Add(HashText(text), ShapeOf(text));
}

}  // namespace

TEST_CASE("census: a text that comes twice counts once") {
  TextCensus census;
  for (const char* text : {"one", "two", "one", "three", "one"}) AddText(census, text);
  CHECK(census.documents() == 5);
  CHECK(census.Distinct().texts == 3);
  CHECK(census.Distinct().bytes == 11);
}

TEST_CASE("census: exact without repetitions, however many") {
  TextCensus census(64);
  std::uint64_t bytes = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = "text " + std::to_string(i);
    bytes += text.size();
    AddText(census, text);
  }
  CHECK(census.Distinct().texts == 10'000);
  CHECK(census.Distinct().bytes == bytes);
}

TEST_CASE("census: in bounded memory repeated texts are told to a few percent") {
  TextCensus census;
  for (int i = 0; i < 60'000; ++i) AddText(census, "text number " + std::to_string(i % 20'000));
  CHECK(census.documents() == 60'000);
  CHECK(census.Distinct().texts > 18'500);
  CHECK(census.Distinct().texts < 21'500);
}

TEST_CASE("census: one text that is half of all does not weigh more than one") {
  TextCensus census(256);
  for (int i = 0; i < 20'000; ++i) {
    AddText(census, i % 2 == 0 ? std::string(100, 'x') : "text " + std::to_string(i));
  }
  CHECK(census.Distinct().texts > 8'000);
  CHECK(census.Distinct().texts < 12'000);
}
