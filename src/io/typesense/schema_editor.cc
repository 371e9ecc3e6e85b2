#include "src/io/typesense/schema_editor.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "reembed/base/text.h"
#include "reembed/ports/log.h"
#include "src/io/typesense/alter_answer.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/field_watch.h"
#include "src/io/typesense/import_lines.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kJson = "application/json";
constexpr int kMaxRounds = 8;
constexpr int kMaxLooks = 10;  // about three minutes

std::string CollectionTarget(const std::string& name) {
  return "/collections/" + PercentEncode(name);
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string PatchBody(Json fields) {
  return Dump({{"fields", std::move(fields)}});
}

Json Dropped(const std::string& field) {
  return {{"name", field}, {"drop", true}};
}

// A page of somebody in between is no answer.
Status IsJsonObject(HttpResponse& response, const AnswerOrigin& origin) {
  if (Json::parse(response.body, nullptr, false).is_object()) return {};
  return Error{.kind = ErrorKind::kTransient,
               .message = fmt::format("{} sent no JSON object; is that a Typesense?", origin.host)};
}

bool IsRefused(const Status& status) {
  return !status.ok() && status.error().kind == ErrorKind::kRefused;
}

Status StatusOf(const Result<HttpResponse>& answer) {
  return answer.ok() ? Status{} : Status(answer.error());
}

}  // namespace

struct TypesenseSchemaEditor::Alteration {
  std::string collection, field, definition;
  std::optional<int> num_dim;
  bool replaces = false;  // whatever is there
};

namespace {

Error NoDefinition(const std::string& definition) {
  return {.kind = ErrorKind::kRefused,
          .message =
              "this is no definition of a field, which is a JSON object with `name` and "
              "`type`: " +
              EscapeControl(definition.substr(0, 200))};
}

std::optional<Json> ParseDefinition(const std::string& definition) {
  Json json = Json::parse(definition, nullptr, false);
  const bool named = json.is_object() && json.contains("name") && json["name"].is_string();
  if (!named || !json.contains("type")) return std::nullopt;
  return json;
}

std::optional<int> Dimensions(const Json& definition) {
  const auto found = definition.find("num_dim");
  if (found == definition.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

}  // namespace

Status TypesenseSchemaEditor::DropField(const std::string& collection, const std::string& field,
                                        const StopTokens& stop) {
  Status dropped =
      Patch(collection, PatchBody(Json::array({Dropped(field)})), Underway(collection), stop);
  const bool absent =
      IsRefused(dropped) && ClassifyAlter(dropped.error().message, field) == AlterRefusal::kMissing;
  return absent ? Status{} : dropped;
}

Result<AlterResult> TypesenseSchemaEditor::AddField(const std::string& collection,
                                                    const std::string& definition,
                                                    const StopTokens& stop) {
  const std::optional<Json> json = ParseDefinition(definition);
  if (!json) return NoDefinition(definition);
  return Alter({collection, (*json)["name"], definition, Dimensions(*json), false}, Way::kAdd,
               stop);
}

Result<AlterResult> TypesenseSchemaEditor::ReplaceField(const std::string& collection,
                                                        const std::string& definition,
                                                        const StopTokens& stop) {
  const std::optional<Json> json = ParseDefinition(definition);
  if (!json) return NoDefinition(definition);
  return Alter({collection, (*json)["name"], definition, Dimensions(*json), true}, Way::kDropAndAdd,
               stop);
}

Result<AlterResult> TypesenseSchemaEditor::Alter(const Alteration& alteration, Way way,
                                                 const StopTokens& stop) {
  const EffectProbe underway = Underway(alteration.collection);
  for (int round = 0; round < kMaxRounds; ++round) {
    const bool drops = way == Way::kDropAndAdd;
    bool seen = false;  // what was sent without an answer seems to be done
    const EffectProbe looks = [&](const StopTokens& asked) {
      const WriteEffect effect = underway(asked);
      if (effect != WriteEffect::kUnknown) return effect;
      const auto view = ViewField(client_, alteration.collection, alteration.field, asked);
      seen = view.ok() && view->has_value() && (*view)->there &&
             ShowsDefinition((*view)->definition, alteration.definition);
      return seen ? WriteEffect::kThere : WriteEffect::kUnknown;
    };
    Json fields = Json::array();
    if (drops) fields.push_back(Dropped(alteration.field));
    fields.push_back(Json::parse(alteration.definition));
    const Status patched =
        Patch(alteration.collection, PatchBody(std::move(fields)), drops ? looks : underway, stop);
    if (patched.ok() && !seen) return AlterResult::kDone;
    if (patched.ok()) {
      way = Way::kAdd;  // the leader's refusal is the proof, also where it is still at work
      continue;
    }
    if (!IsRefused(patched)) return patched.error();
    switch (ClassifyAlter(patched.error().message, alteration.field)) {
      case AlterRefusal::kUnfit:
        client_.log().Info(patched.error().message);
        return AlterResult::kUnfit;
      case AlterRefusal::kOther:
        return patched.error();
      case AlterRefusal::kMissing:
        way = Way::kAdd;
        break;
      case AlterRefusal::kThere: {
        bool done = false;
        const Result<Way> next = WayOn(alteration, stop, done);
        if (!next.ok()) return next.error();
        if (done) return AlterResult::kDone;
        way = *next;
      }
    }
  }
  return Error{.kind = ErrorKind::kOutage,
               .message = fmt::format("the field '{}' of '{}' could not be added: something else "
                                      "keeps changing the schema. Find out what writes there, then "
                                      "run again.",
                                      alteration.field, alteration.collection)};
}

// The leader has refused to add a field that is there. What kind of field is it?
Result<TypesenseSchemaEditor::Way> TypesenseSchemaEditor::WayOn(const Alteration& alteration,
                                                                const StopTokens& stop,
                                                                bool& done) {
  for (int look = 1; look <= kMaxLooks; ++look) {
    const auto view = ViewField(client_, alteration.collection, alteration.field, stop);
    if (!view.ok()) return view.error();
    if (view->has_value() && (*view)->there) {
      const std::optional<int> num_dim = (*view)->num_dim;
      done = num_dim.has_value() && num_dim == alteration.num_dim;
      if (done || !num_dim || alteration.replaces) return Way::kDropAndAdd;
      return Error{
          .kind = ErrorKind::kRefused,
          .message = fmt::format("the field '{}' of '{}' is there already, with {} dimensions "
                                 "instead of {}: somebody else has added it. Drop it, or configure "
                                 "this length, then run again.",
                                 alteration.field, alteration.collection, *num_dim,
                                 alteration.num_dim.value_or(0))};
    }
    const bool dropped = view->has_value();  // by somebody else, since the refusal
    const Status paused = client_.Pause(look, "its nodes do not show the same schema yet", stop);
    if (!paused.ok()) return paused.error();
    if (dropped) return Way::kAdd;
  }
  return Error{.kind = ErrorKind::kOutage,
               .message = fmt::format(
                   "the nodes {} do not show the same schema of '{}'. A rerun goes on from here.",
                   client_.AllHosts(), alteration.collection)};
}

EffectProbe TypesenseSchemaEditor::Underway(const std::string& collection) const {
  return [this, collection](const StopTokens& stop) {
    return IsAltering(client_, collection, stop) ? WriteEffect::kUnderWay : WriteEffect::kUnknown;
  };
}

Status TypesenseSchemaEditor::Patch(const std::string& collection, const std::string& body,
                                    const EffectProbe& effect, const StopTokens& stop) {
  return StatusOf(client_.Send({.method = "PATCH",
                                .target = CollectionTarget(collection),
                                .body = body,
                                .content_type = std::string(kJson),
                                .write = true,
                                .what = "a change of the schema",
                                .action = "collections:update",
                                .effect = effect,
                                .check = IsJsonObject},
                               stop));
}

Status TypesenseSchemaEditor::AwaitWrites(const std::string& collection, const StopTokens& stop) {
  const std::string nobody = BareLine("reembed-nobody");
  return StatusOf(
      client_.Send({.method = "POST",
                    .target = CollectionTarget(collection) + "/documents/import?action=update",
                    .body = nobody,
                    .content_type = "text/plain",
                    .write = true,
                    .what = "a look whether earlier writes are done",
                    .action = "documents:import",
                    .effect = Underway(collection)},
                   stop));
}

Status TypesenseSchemaEditor::Clone(const std::string& source, const std::string& name,
                                    const StopTokens& stop) {
  const std::string body = Dump({{"name", name}});
  Status cloned = StatusOf(client_.Send({.method = "POST",
                                         .target = "/collections?src_name=" + PercentEncode(source),
                                         .body = body,
                                         .content_type = std::string(kJson),
                                         .write = true,
                                         .what = "the request for a clone",
                                         .action = "collections:create",
                                         .check = IsJsonObject},
                                        stop));
  if (!IsRefused(cloned)) return cloned;
  const std::string& text = cloned.error().message;
  if (text.find("already exists") != std::string::npos) return {};
  const bool no_source =
      text.find("ollection with name `" + source + "` not found") != std::string::npos;
  if (no_source) return Error{.kind = ErrorKind::kNotFound, .message = text};
  return cloned;
}

Status TypesenseSchemaEditor::SetMetadata(const std::string& collection,
                                          const std::string& metadata, const StopTokens& stop) {
  Json json = metadata.empty() ? Json::object() : Json::parse(metadata, nullptr, false);
  if (!json.is_object()) {
    return Error{.kind = ErrorKind::kRefused,
                 .message = "the metadata of a collection has to be a JSON object"};
  }
  return Patch(collection, Dump({{"metadata", std::move(json)}}), Underway(collection), stop);
}

Status TypesenseSchemaEditor::PointAlias(const std::string& alias, const std::string& collection,
                                         const StopTokens& stop) {
  const std::string body = Dump({{"collection_name", collection}});
  return StatusOf(client_.Send({.method = "PUT",
                                .target = "/aliases/" + PercentEncode(alias),
                                .body = body,
                                .content_type = std::string(kJson),
                                .write = true,
                                .what = "the switch of an alias",
                                .action = "aliases:upsert",
                                .check = IsJsonObject},
                               stop));
}

Status TypesenseSchemaEditor::DeleteCollection(const std::string& name, const StopTokens& stop) {
  const Status deleted = StatusOf(client_.Send({.method = "DELETE",
                                                .target = CollectionTarget(name),
                                                .write = true,
                                                .what = "the deletion of a collection",
                                                .action = "collections:delete"},
                                               stop));
  const bool absent = !deleted.ok() && deleted.error().kind == ErrorKind::kNotFound;
  return absent ? Status{} : deleted;
}

}  // namespace reembed
