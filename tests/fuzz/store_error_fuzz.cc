// A byte for the status, then the body of an error, which is also tried as a header.
#include <array>

#include "src/io/typesense/errors.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array kStatuses = {400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503, 301, 99};
  fuzz::Input input(data, size);
  const Redactor redact = fuzz::PlantedRedactor();
  const AnswerOrigin origin{.host = "store:8108", .redact = redact};
  const int status = kStatuses.at(input.Choice(kStatuses.size()));
  const std::string body(input.Rest());
  const HttpResponse response{
      .status = status,
      .headers = {{.name = "location", .value = body}, {.name = "retry-after", .value = body}},
      .body = body};
  fuzz::RequireMessage(ErrorFromAnswer(response, origin).message);
  fuzz::RequireMessage(ErrorFromItem(status, MessageOf(body), origin).message);
  static_cast<void>(SaysDocumentMissing(body));
  return 0;
}
