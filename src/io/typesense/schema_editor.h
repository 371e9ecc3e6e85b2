#pragma once

#include <string>
#include <string_view>

#include "reembed/ports/store.h"
#include "src/io/typesense/client.h"

namespace reembed {

/// Changes schemas, collections and aliases.
///
/// `PATCH /collections/:name` answers when the alteration is done, which may take hours: it is
/// waited for without a limit while a node says that it works on it (IsAltering). An answer that
/// was lost on the way is not asked for again at once: the server may be at it. When it is not, a
/// drop or an add is sent again, for the server's refusal tells that it was done; a drop and add in
/// one request would build the index twice, so first the schema is looked up.
///
/// All PATCH requests are judged by the node that leads, but schemas are read from any: what a
/// follower shows may be old. So the schema only decides what the leader's answer leaves open, and
/// only when all nodes show the same.
class TypesenseSchemaEditor final : public SchemaEditor {
 public:
  explicit TypesenseSchemaEditor(TypesenseClient& client) : client_(client) {}

  Status DropField(const std::string& collection, const std::string& field,
                   const StopTokens& stop) override;
  Result<AlterResult> AddField(const std::string& collection, const std::string& definition,
                               const StopTokens& stop) override;
  Result<AlterResult> ReplaceField(const std::string& collection, const std::string& definition,
                                   const StopTokens& stop) override;
  /// Writes to a collection are done in their order: an update of a document that cannot be there
  /// is answered after all that came before.
  Status AwaitWrites(const std::string& collection, const StopTokens& stop) override;
  Status Clone(const std::string& source, const std::string& name, const StopTokens& stop) override;
  /// `metadata`: a JSON object; empty is `{}`.
  Status SetMetadata(const std::string& collection, const std::string& metadata,
                     const StopTokens& stop) override;
  Status PointAlias(const std::string& alias, const std::string& collection,
                    const StopTokens& stop) override;
  Status DeleteCollection(const std::string& name, const StopTokens& stop) override;

 private:
  enum class Way { kAdd, kDropAndAdd };
  struct Alteration;

  Result<AlterResult> Alter(const Alteration& alteration, Way way, const StopTokens& stop);
  Result<Way> WayOn(const Alteration& alteration, const StopTokens& stop, bool& done);
  Status Patch(const std::string& collection, const std::string& body, const EffectProbe& effect,
               const StopTokens& stop);
  EffectProbe Underway(const std::string& collection) const;

  TypesenseClient& client_;
};

}  // namespace reembed
