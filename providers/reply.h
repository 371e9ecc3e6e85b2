#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// The words in which a dialect spells the same answer: a list of objects, each with a vector, and
/// the tokens that are billed.
struct ReplyNames {
  std::string_view list;                   ///< e.g. `data`
  std::string_view vector;                 ///< e.g. `embedding`: numbers, or base64 of float32
  std::string_view index;                  ///< place of the item; empty: the dialect has none
  std::string_view usage;                  ///< object with the counts
  std::array<std::string_view, 2> tokens;  ///< members of `usage`, the first that is there counts
};

/// Reads an answer to a request of `texts` texts. Both spellings of a vector are accepted whatever
/// was asked for; an item without `index` belongs where it stands. Lengths and values are not
/// judged here, only that each text has exactly one vector of finite numbers.
/// Empty:   no list of vectors is in it: an error in disguise, another API, or no JSON at all.
/// Errors:  kTransient, with a message that says what is wrong and names no server.
/// `body` may grow (room that the parser needs behind it); its text stays.
Result<std::optional<EmbedReply>> ParseReply(std::string& body, std::size_t texts,
                                             const ReplyNames& names);

}  // namespace reembed
