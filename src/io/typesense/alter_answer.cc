#include "src/io/typesense/alter_answer.h"

#include <string>

namespace reembed {

AlterRefusal ClassifyAlter(std::string_view text, std::string_view field) {
  const std::string named = "ield `" + std::string(field) + "` ";  // `Field` or `field`
  const auto at = text.find(named);
  if (at == std::string_view::npos) return AlterRefusal::kOther;
  const std::string_view says = text.substr(at + named.size());
  if (says.starts_with("is not part of collection schema")) return AlterRefusal::kMissing;
  if (says.starts_with("is already part of the schema")) return AlterRefusal::kThere;
  const bool absent = says.starts_with("has been declared in the schema, but is not found");
  const bool unfit =
      text.find("incompatible with the type of documents already stored") < at || absent;
  return unfit ? AlterRefusal::kUnfit : AlterRefusal::kOther;
}

}  // namespace reembed
