// What the sandbox's store holds at the start: the data of an assistant that turns questions
// into SQL, made from small word lists. The same on every call.
#pragma once

#include <string>
#include <vector>

namespace reembed::sandbox {

/// One collection, as the store's own routes take it.
struct SampleCollection {
  std::string name;
  std::string schema;     ///< body of POST /collections
  std::string documents;  ///< JSONL
};

/// The model the old vectors come from: any vector a run writes differs from them.
constexpr const char* kSampleModel = "text-embedding-ada-002";

/// - `context_stores`, 12: `prompt_text`, `sql`; vector `prompt_embedding`
/// - `instructions`, 500, of which 20 have `is_default`: `condition`, `rules`; vector
///   `instruction_embedding`
/// - `table_descriptions`, 3: `table_name`, `description`; vector `table_embedding`
///
/// Vectors have `dimensions` components. Documents carry keys that the schema lacks: nested
/// objects, arrays, null, integers beyond 2^53, floats in several spellings. Some ids hold `/`,
/// space, `+`, quotes, `%` and letters beyond ASCII.
std::vector<SampleCollection> MakeSampleData(int dimensions);

}  // namespace reembed::sandbox
