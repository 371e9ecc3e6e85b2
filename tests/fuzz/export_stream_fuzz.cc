// A byte for the length of the pieces, then an export that comes in such pieces.
#include <algorithm>
#include <vector>

#include "src/io/typesense/document_line.h"
#include "src/io/typesense/line_splitter.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

namespace {

constexpr std::size_t kLongestLine = 2000;

struct Split {
  std::vector<std::string> lines;
  bool ok = true;
};

Split InPieces(std::string_view text, std::size_t length) {
  Split split;
  LineSplitter splitter(kLongestLine);
  const LineTaker take = [&](std::string_view line) {
    split.lines.emplace_back(line);
    return Status{};
  };
  while (split.ok && !text.empty()) {
    split.ok = splitter.Add(text.substr(0, length), take).ok();
    text.remove_prefix(std::min(length, text.size()));
  }
  split.ok = split.ok && splitter.End(take).ok();
  fuzz::Require(splitter.most_held() <= kLongestLine, "no more than a line is held");
  return split;
}

void CheckLine(DocumentLineReader& reader, const std::string& line) {
  const Document* document = reader.Read(line);
  if (document == nullptr) return;
  fuzz::Require(document->json == line, "the document is the line", line);
  fuzz::Require(IsUtf8(document->id), "an id is UTF-8", line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t length = 1 + input.Choice(64);
  const Split pieces = InPieces(input.Rest(), length);
  const Split whole = InPieces(input.Rest(), std::max<std::size_t>(input.Rest().size(), 1));
  fuzz::Require(pieces.ok == whole.ok, "the pieces do not matter");
  fuzz::Require(!whole.ok || pieces.lines == whole.lines, "the lines are the same");
  DocumentLineReader reader;
  for (const std::string& line : pieces.lines) CheckLine(reader, line);
  return 0;
}
