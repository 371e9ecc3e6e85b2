#pragma once

#include <curl/curl.h>

#include <memory>

#include "reembed/ports/http.h"
#include "src/io/http/curl_options.h"

namespace reembed {

/// A libcurl header list; holds copies of the values.
struct FreeHeaderList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeHeaderList>;

/// The request's headers, without what libcurl would add of its own accord: `Expect`, which costs
/// a second per large body when the server stays silent, and a form's `Content-Type`.
HeaderList MakeHeaderList(const HttpRequest& request);

/// Sets what is the same for every request: protocol, buffers, keep-alive, certificates.
void ApplyOptions(CURL* easy, const CurlOptions& options);

/// Sets method, URL, body, headers and connect timeout. Keeps pointers into `request` and
/// `headers`, which must outlive the transfer.
void ApplyRequest(CURL* easy, const HttpRequest& request, const HeaderList& headers);

}  // namespace reembed
