#include "tests/sandbox/typesense_match.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_filter.h"
#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

std::vector<Sequence> AllSequences(const Collection& collection) {
  std::vector<Sequence> sequences;
  sequences.reserve(collection.entries().size());
  for (const auto& entry : collection.entries()) sequences.push_back(entry.sequence);
  return sequences;
}

std::vector<Sequence> MatchingAmong(const Collection& collection, const Filter& filter,
                                    const std::vector<std::string>& ids) {
  std::vector<Sequence> sequences;
  for (const std::string& id : ids) {
    const auto sequence = collection.SequenceOf(id);
    if (!sequence) continue;
    if (Matches(filter, *collection.Find(*sequence), collection.schema().nested)) {
      sequences.push_back(*sequence);
    }
  }
  std::sort(sequences.begin(), sequences.end());
  sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
  return sequences;
}

bool ContainsWord(const std::vector<std::string>& tokens, const std::string& word, bool prefix) {
  return std::any_of(tokens.begin(), tokens.end(), [&](const std::string& token) {
    return prefix ? token.compare(0, word.size(), word) == 0 : token == word;
  });
}

void AppendTokens(const json& value, std::vector<std::string>& tokens) {
  if (value.is_array()) {
    for (const json& element : value) AppendTokens(element, tokens);
  }
  if (!value.is_string()) return;
  for (std::string& token : Tokens(value.get_ref<const std::string&>())) {
    tokens.push_back(std::move(token));
  }
}

bool HasWords(const Document& document, const std::vector<std::string>& fields,
              const std::vector<std::string>& words) {
  std::vector<std::string> tokens;
  for (const std::string& field : fields) {
    for (const json* value : ValuesAt(document.keys(), field)) AppendTokens(*value, tokens);
  }
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return ContainsWord(tokens, word, &word == &words.back());
  });
}

double SortValue(const Collection& collection, Sequence sequence, const std::string& field) {
  if (field == "_seq_id") return sequence;
  const SharedDocument document = collection.Find(sequence);
  const auto values = ValuesAt(document->keys(), field);
  if (values.empty()) return -std::numeric_limits<double>::infinity();
  const json& value = *values.front();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  return value.is_number() ? value.get<double>() : 0;
}

struct Ranked {
  Sequence sequence = 0;
  std::vector<double> values;  // the better the larger
};

bool IsBetter(const Ranked& left, const Ranked& right) {
  if (left.values != right.values) return left.values > right.values;
  return left.sequence > right.sequence;
}

}  // namespace

Outcome<std::vector<Sequence>> FilterSequences(const Collection& collection,
                                               const std::string& filter_by) {
  auto filter = ParseFilter(filter_by, collection.schema());
  if (!filter) return filter.error();
  if (!*filter) return AllSequences(collection);
  if (const auto ids = CandidateIds(**filter)) return MatchingAmong(collection, **filter, *ids);
  std::vector<Sequence> sequences;
  const bool nested = collection.schema().nested;
  for (const auto& entry : collection.entries()) {
    if (Matches(**filter, *entry.document, nested)) sequences.push_back(entry.sequence);
  }
  return sequences;
}

Outcome<std::vector<Sequence>> KeepWithWords(const Collection& collection,
                                             std::vector<Sequence> sequences, const std::string& q,
                                             const std::string& query_by) {
  std::vector<std::string> fields;
  for (const std::string& part : Split(query_by, ',')) fields.push_back(Trim(part));
  for (const std::string& field : fields) {
    if (collection.schema().Find(field) != nullptr) continue;
    return ApiError{404, "Could not find a field named `" + field + "` in the schema."};
  }
  const std::vector<std::string> words = Tokens(q);
  sequences.erase(std::remove_if(sequences.begin(), sequences.end(),
                                 [&](Sequence sequence) {
                                   return !HasWords(*collection.Find(sequence), fields, words);
                                 }),
                  sequences.end());
  return sequences;
}

void Order(const Collection& collection, const std::vector<SortKey>& keys, std::size_t needed,
           std::vector<Sequence>& sequences) {
  std::vector<Ranked> ranked;
  ranked.reserve(sequences.size());
  for (const Sequence sequence : sequences) {
    Ranked each{sequence, {}};
    for (const SortKey& key : keys) {
      if (key.field == "_text_match" || key.field == "_vector_distance") continue;
      const double value = SortValue(collection, sequence, key.field);
      each.values.push_back(key.ascending ? -value : value);
    }
    ranked.push_back(std::move(each));
  }
  const auto middle = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(needed, ranked.size()));
  std::partial_sort(ranked.begin(), middle, ranked.end(), IsBetter);
  std::transform(ranked.begin(), ranked.end(), sequences.begin(),
                 [](const Ranked& each) { return each.sequence; });
}

}  // namespace reembed::sandbox
