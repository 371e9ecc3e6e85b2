#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reembed {

/// The members that an `update` has to send so that a document `from` becomes `to`, both texts of
/// JSON objects: a merge patch (RFC 7396). Members that are null count as absent, as in
/// HashWithoutField. None when there is nothing to send, or when an update cannot say it in the
/// same way on every server: an object in the place of another value, one that is new and empty, or
/// a null within a list (tests/data/transcripts/05-update-keeps-keys.json). Pure.
std::optional<std::string> MergePatch(std::string_view from, std::string_view to);

}  // namespace reembed
