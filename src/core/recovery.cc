#include "reembed/core/recovery.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string Dump(const OrderedJson& json, int indent = -1) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

// A definition that is damaged is shown as it is.
OrderedJson Parsed(std::string_view definition) {
  OrderedJson json = OrderedJson::parse(definition, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? OrderedJson(std::string(definition)) : json;
}

std::string CollectionPath(const Cutover& cutover) {
  return "/collections/" + PercentEncode(cutover.from.name);
}

RecoveryCall Alter(const Cutover& cutover, OrderedJson fields) {
  return {"PATCH", CollectionPath(cutover), Dump(OrderedJson{{"fields", std::move(fields)}})};
}

// The server detects a nested field by itself as soon as a document with it is written, and then
// refuses to add it; while it has not, it refuses to drop it
// (tests/data/transcripts/12-dimension-change.json). So both are sent, and one of them succeeds.
std::vector<RecoveryCall> AddField(const Cutover& cutover, const OrderedJson& definition,
                                   bool nested) {
  std::vector<RecoveryCall> calls;
  if (nested) {
    const OrderedJson drop = {{"name", cutover.field}, {"drop", true}};
    calls.push_back(Alter(cutover, OrderedJson::array({drop, definition})));
  }
  calls.push_back(Alter(cutover, OrderedJson::array({definition})));
  return calls;
}

RecoveryCall SetNull(const Cutover& cutover, bool nested) {
  OrderedJson body = nullptr;
  std::string_view path = cutover.field;
  for (auto dot = path.rfind('.'); nested && dot != std::string_view::npos; dot = path.rfind('.')) {
    body = OrderedJson{{std::string(path.substr(dot + 1)), std::move(body)}};
    path = path.substr(0, dot);
  }
  body = OrderedJson{{std::string(path), std::move(body)}};
  return {"PATCH", CollectionPath(cutover) + "/documents?filter_by=*", Dump(body)};
}

std::string When(std::string_view state, bool nested) {
  if (!nested) return std::string(state);
  return fmt::format(
      "{} (of the last two calls the server refuses one with 400, whichever does not fit whether "
      "it has detected the nested field by itself; the other one counts)",
      state);
}

std::string Curl(const Cutover& cutover, const RecoveryCall& call) {
  const auto quoted = [](std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
  };
  std::string node = cutover.nodes.empty() ? "http://localhost:8108" : cutover.nodes.front();
  while (node.ends_with("/")) node.pop_back();
  return fmt::format(
      "curl -sS -X {} {} -H \"X-TYPESENSE-API-KEY: $TYPESENSE_API_KEY\" "
      "-H 'Content-Type: application/json' --data {}",
      call.method, quoted(node + call.path), quoted(call.body));
}

OrderedJson WayJson(const Cutover& cutover, const RecoveryWay& way) {
  OrderedJson calls = OrderedJson::array();
  for (const RecoveryCall& call : way.calls) {
    calls.push_back({{"method", call.method},
                     {"path", call.path},
                     {"body", Parsed(call.body)},
                     {"curl", Curl(cutover, call)}});
  }
  return {{"when", way.when}, {"calls", std::move(calls)}};
}

std::string WhatHappened(const Cutover& cutover) {
  return fmt::format(
      "Field `{0}` of the collection '{1}' was dropped so that vectors of another length can be "
      "written, and is to be added again. If this file is still here and no run is working, the "
      "run was cut short: run reembed again, which goes on from there. Only where that is not "
      "possible, take ONE of the ways below: the first whose `when` is sure; without knowing, the "
      "last. Its calls are sent in their order to one node, with the key in the header "
      "X-TYPESENSE-API-KEY. Documents keep what stands in their field while the field is away.",
      cutover.field, cutover.from.name);
}

}  // namespace

std::vector<RecoveryWay> RecoveryWays(const Cutover& cutover, bool nested) {
  const OrderedJson before = Parsed(cutover.old_definition);
  const OrderedJson after = Parsed(cutover.new_definition);
  OrderedJson optional = after;
  if (optional.is_object()) optional["optional"] = true;
  std::vector<RecoveryWay> ways(3);
  ways[0] = {
      When("nothing was written since the drop: the field comes back as it was before", nested),
      AddField(cutover, before, nested)};
  ways[1] = {When("everything was written since the drop: the field comes back as it was to become",
                  nested),
             AddField(cutover, after, nested)};
  ways[2] = {When("something was written, or nobody knows: every vector is removed and the "
                  "field comes back empty; a run of reembed after that fills it",
                  nested),
             AddField(cutover, optional, nested)};
  ways[2].calls.insert(ways[2].calls.begin(), SetNull(cutover, nested));
  return ways;
}

std::string RecoveryFileText(const Cutover& cutover, bool nested) {
  OrderedJson ways = OrderedJson::array();
  for (const RecoveryWay& way : RecoveryWays(cutover, nested)) {
    ways.push_back(WayJson(cutover, way));
  }
  const OrderedJson file = {{"what_happened", WhatHappened(cutover)},
                            {"kind", ToString(cutover.kind)},
                            {"begun", IsoTime(cutover.started)},
                            {"nodes", cutover.nodes},
                            {"collection", cutover.from.name},
                            {"created_at", cutover.from.created_at},
                            {"field", cutover.field},
                            {"old_definition", Parsed(cutover.old_definition)},
                            {"new_definition", Parsed(cutover.new_definition)},
                            {"ways", std::move(ways)}};
  return Dump(file, 2) + "\n";
}

std::vector<std::string> RecoveryLogLines(const Cutover& cutover, bool nested) {
  std::vector<std::string> lines;
  const auto ways = RecoveryWays(cutover, nested);
  for (std::size_t w = 0; w < ways.size(); ++w) {
    const auto& calls = ways[w].calls;
    for (std::size_t c = 0; c < calls.size(); ++c) {
      lines.push_back(
          fmt::format("way {} of {} to bring field `{}` back, call {} of {}, when {}: "
                      "{}",
                      w + 1, ways.size(), cutover.field, c + 1, calls.size(), ways[w].when,
                      Curl(cutover, calls[c])));
    }
  }
  return lines;
}

}  // namespace reembed
