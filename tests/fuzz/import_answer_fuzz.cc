// A byte for the number of lines, then the body of an import's answer.
#include "src/io/typesense/import_lines.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t lines = input.Choice(8);
  const auto results = ParseImportAnswer(input.Rest(), lines);
  if (!results.ok()) {
    fuzz::RequireMessage(results.error().message);
    return 0;
  }
  fuzz::Require(results->size() == lines, "a result for each line");
  for (const LineResult& result : *results) {
    fuzz::Require(result.error.size() <= 2000, "an error is cut", result.error);
  }
  return 0;
}
