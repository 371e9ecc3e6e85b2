#pragma once

#include <string_view>

#include "reembed/base/result.h"
#include "src/io/typesense/errors.h"

namespace reembed {

/// Takes the body of a success as it arrives, attempt by attempt, in the thread that sends.
/// Every error that it returns is that of the attempt: temporary kinds lead to another attempt,
/// the others end the call.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// An attempt begins. What earlier ones have brought does not count.
  virtual Status Begin(const AnswerOrigin& origin) = 0;
  virtual Status Take(std::string_view piece) = 0;
  /// The attempt is over: at the proper end of the body, or by an error of the transport or of
  /// Take. Returns what to make of it; an error stays one. Not called for answers that are no 2xx.
  virtual Status End(const Status& ended) = 0;
};

}  // namespace reembed
