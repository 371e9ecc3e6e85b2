#pragma once

#include <cstdint>
#include <string_view>

namespace reembed {

/// What the text of a refused `PATCH /collections/:name` means for the field that it is about.
/// Source: tests/data/transcripts/11-schema-patch.json, 12-dimension-change.json.
enum class AlterRefusal : std::uint8_t {
  kUnfit,    ///< stored documents do not fit this field
  kMissing,  ///< the field that is to be dropped is not there
  kThere,    ///< the field that is to be added is there already
  kOther,    ///< anything else, also when documents do not fit another field
};

/// Every alteration checks every document against the whole new schema, so the refusal may speak of
/// a field that nobody touches (a required `store:false` one): that is kOther. Pure.
AlterRefusal ClassifyAlter(std::string_view text, std::string_view field);

}  // namespace reembed
