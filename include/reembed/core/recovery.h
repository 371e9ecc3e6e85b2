#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/cutover.h"

namespace reembed {

/// One request to Typesense that a person may send by hand.
struct RecoveryCall {
  std::string method;
  std::string path;  ///< percent-encoded, with its query
  std::string body;  ///< JSON
};

/// A way to bring a dropped field back without this program.
struct RecoveryWay {
  std::string when;  ///< which state of the documents it is for
  std::vector<RecoveryCall> calls;
};

/// The ways, for a cutover of kind kRebuild or kRebuildBack: (1) no vector was written yet: add the
/// old definition; (2) all were written: add the new one; (3) in between, or nobody knows: set the
/// field to null everywhere, then add the new definition as `optional`; a run after that fills it.
/// A nested field is added by drop and add in one request; as the server refuses the drop while it
/// has not detected the field by itself, the plain add follows: one of the two succeeds. Pure.
std::vector<RecoveryWay> RecoveryWays(const Cutover& cutover, bool nested);

/// The file `<state-dir>/recovery/<collection>.json`: what happened, the nodes, the definitions and
/// the ways. Holds no key. Pure.
std::string RecoveryFileText(const Cutover& cutover, bool nested);
/// The same for the log: a line per call, to be sent with curl and the key in an environment
/// variable. Pure.
std::vector<std::string> RecoveryLogLines(const Cutover& cutover, bool nested);

}  // namespace reembed
