// The documents and vectors that reembed-sink serves: made up, the same in every process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reembed::sandbox {

/// Which fields of a document are asked for; the id always is.
struct SinkFields {
  bool text = true;
  bool title = true;
  bool vec = true;
};

/// Documents `d0` to `d<n-1>` with a title of some 60 bytes that begins with the number, a text of
/// some 1,000 with escapes and UTF-8, and an old vector. Their bodies and vectors are a few canned
/// ones, chosen by the number, so that a million documents take no memory.
class SinkData {
 public:
  /// As many different vectors there are, old ones and new ones.
  static constexpr std::size_t kVectors = 64;

  explicit SinkData(std::size_t dimensions);

  /// `{"id":"d7","text":"…","title":"No. 7, …","vec":[…]}`, keys sorted as the store has them.
  /// `vector`: the JSON of `vec`; empty: there is none.
  void AppendDocument(std::string& out, std::size_t number, SinkFields fields,
                      std::string_view vector) const;
  /// What is sent for it, escaped for JSON: title and text with a comma between them.
  void AppendSentText(std::string& out, std::size_t number) const;

  std::size_t dimensions() const { return new_.front().size(); }
  /// The vectors of document `number`: what it held, and what belongs to its text.
  const std::vector<float>& OldVector(std::size_t number) const { return old_[number % kVectors]; }
  const std::vector<float>& NewVector(std::size_t number) const { return new_[number % kVectors]; }
  /// As JSON arrays, each number in the fewest digits.
  const std::string& OldJson(std::size_t number) const { return old_json_[number % kVectors]; }
  const std::string& NewJson(std::size_t number) const { return new_json_[number % kVectors]; }
  /// Little-endian float32 in base64, without quotes.
  const std::string& NewBase64(std::size_t number) const { return base64_[number % kVectors]; }

 private:
  void AppendTitle(std::string& out, std::size_t number) const;

  std::vector<std::string> titles_, texts_;
  std::vector<std::vector<float>> old_, new_;
  std::vector<std::string> old_json_, new_json_, base64_;
};

/// The first digits in a text, which are the document's number; 0 when there are none.
std::size_t NumberIn(std::string_view text);

}  // namespace reembed::sandbox
