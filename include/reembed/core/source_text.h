#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/config.h"

namespace reembed {

/// The source text of a document: the values of the rule's fields in order, joined by the
/// separator; a missing, null or blank value is left out together with its separator. Strings as
/// they are, numbers and booleans as the document's JSON spells them, arrays of strings joined by
/// the separator. A field name is looked up as a literal key first, then, dotted, level by level.
/// With a template a left-out value is an empty string, and a text whose every value is left out
/// is empty, whatever stands around them.
///
/// `document` is the document's JSON object. An empty result means "nothing to embed".
/// Errors: kBadText naming the field when a value has another type (an object, an array of
/// something else). Pure; safe from any thread.
Result<std::string> ComposeSourceText(const TextRule& rule, std::string_view document);

/// What is sent for a document: its source text behind the collection's prefix. Empty and errors as
/// above: a prefix alone is nothing to embed.
Result<std::string> ComposeSentText(const CollectionConfig& config, std::string_view document);

/// Checks a template and lists the fields it names, each once, in order. `{{` and `}}` are braces.
/// Errors: kUsage saying where the template is broken.
Result<std::vector<std::string>> TemplateFields(std::string_view text_template);

}  // namespace reembed
