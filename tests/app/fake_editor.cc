#include <nlohmann/json.hpp>

#include "fake_store.h"

namespace reembed::testing {

using Json = nlohmann::ordered_json;

class FakeStore::Editor final : public SchemaEditor {
 public:
  explicit Editor(FakeStore& store) : store_(store) {}

  Status DropField(const std::string& collection, const std::string& field,
                   const StopTokens& stop) override {
    return Do("drop " + collection + " " + field, stop, [&]() -> Status {
      return OnCollection(collection, [&](FakeCollection& edited) { edited.DropField(field); });
    });
  }
  Result<AlterResult> AddField(const std::string& collection, const std::string& definition,
                               const StopTokens& stop) override {
    return Alter("add ", collection, definition, &FakeCollection::AddField, stop);
  }
  Result<AlterResult> ReplaceField(const std::string& collection, const std::string& definition,
                                   const StopTokens& stop) override {
    return Alter("replace ", collection, definition, &FakeCollection::ReplaceField, stop);
  }
  Status AwaitWrites(const std::string& collection, const StopTokens&) override {
    if (store_.on_await) store_.on_await(collection);
    return {};
  }
  Status Clone(const std::string& source, const std::string& name,
               const StopTokens& stop) override {
    return Do("clone " + source + " as " + name, stop, [&]() -> Status {
      if (store_.collections.contains(name)) return {};
      FakeCollection clone;
      const Status found = OnCollection(source, [&](const FakeCollection& original) {
        clone.schema = original.schema;
        clone.filter = original.filter;
      });
      if (!found.ok()) return found;
      clone.schema.name = name;
      clone.schema.created_at = store_.next_created_at++;
      clone.schema.num_documents = 0;
      clone.schema.metadata.clear();
      store_.collections[name] = std::move(clone);
      return {};
    });
  }
  Status SetMetadata(const std::string& collection, const std::string& metadata,
                     const StopTokens& stop) override {
    return Do("metadata " + collection, stop, [&]() -> Status {
      return OnCollection(collection,
                          [&](FakeCollection& edited) { edited.schema.metadata = metadata; });
    });
  }
  Status PointAlias(const std::string& alias, const std::string& collection,
                    const StopTokens& stop) override {
    return Do("alias " + alias + " to " + collection, stop, [&]() -> Status {
      std::erase_if(store_.aliases, [&](const Alias& known) { return known.name == alias; });
      store_.aliases.push_back({alias, collection});
      store_.alias_switched.push_back({alias, collection});
      return {};
    });
  }
  Status DeleteCollection(const std::string& name, const StopTokens& stop) override {
    return Do("delete " + name, stop, [&]() -> Status {
      store_.collections.erase(name);
      return {};
    });
  }

 private:
  // The hooks are called without the lock: they may edit the store.
  template <typename Act>
  Status Do(const std::string& what, const StopTokens& stop, Act act) {
    if (stop.abort.stop_requested()) return Interrupted();
    std::size_t number = 0;
    {
      MutexLock lock(store_.mutex_);
      number = ++store_.alters_;
      store_.alterations.push_back(what);
    }
    if (store_.on_alter) store_.on_alter(what);
    if (store_.alter_error) {
      if (auto error = store_.alter_error(number)) return *error;
    }
    {
      MutexLock lock(store_.mutex_);
      if (Status done = act(); !done.ok()) return done;
    }
    if (store_.after_alter) store_.after_alter(what);
    if (store_.alter_lost) {
      if (auto error = store_.alter_lost(number)) return *error;
    }
    return {};
  }

  Result<AlterResult> Alter(const std::string& verb, const std::string& collection,
                            const std::string& definition,
                            Result<AlterResult> (FakeCollection::*change)(const std::string&),
                            const StopTokens& stop) {
    Result<AlterResult> result = AlterResult::kDone;
    const Status done =
        Do(verb + collection + " " + FieldOf(definition).name, stop, [&]() -> Status {
          const Status found = OnCollection(
              collection, [&](FakeCollection& edited) { result = (edited.*change)(definition); });
          if (!found.ok()) return found;
          return result.ok() ? Status{} : Status(result.error());
        });
    if (!done.ok()) return done.error();
    return result;
  }

  template <typename Act>
  Status OnCollection(const std::string& name, Act act) {
    const auto found = store_.collections.find(name);
    if (found == store_.collections.end()) {
      return Error{.kind = ErrorKind::kNotFound, .message = "there is no collection " + name};
    }
    act(found->second);
    return {};
  }

  FakeStore& store_;
};

class FakeStore::Copier final : public DocumentCopier {
 public:
  Copier(FakeStore& store, FakeCollection& collection) : store_(store), collection_(collection) {}

  Result<std::vector<CopyOutcome>> Apply(std::span<const DocumentCopy> documents, CopyAction action,
                                         const StopTokens& stop) override {
    return store_.WriteAll<CopyOutcome>(
        documents, stop, [&](const DocumentCopy& document) { return Write(document, action); });
  }

  Result<std::vector<UpdateOutcome>> Delete(std::span<const std::string> ids,
                                            const StopTokens& stop) override {
    if (stop.abort.stop_requested()) return Interrupted();
    if (store_.update_error) return *store_.update_error;
    std::vector<UpdateOutcome> outcomes;
    for (const std::string& id : ids) {
      if (store_.on_delete) store_.on_delete(id);
      MutexLock lock(store_.mutex_);
      outcomes.push_back({collection_.Has(id) ? UpdateState::kWritten : UpdateState::kDeleted, ""});
      collection_.RemoveDocument(id);
    }
    return outcomes;
  }

  Result<ChangeOutcome> Change(const DocumentChange& change, const StopTokens& stop) override {
    auto outcomes = store_.WriteAll<ChangeOutcome>(
        std::span(&change, 1), stop, [&](const DocumentChange& one) { return Merge(one); });
    if (!outcomes.ok()) return outcomes.error();
    return std::move(outcomes->front());
  }

  Result<std::string> Take(const std::string& id, const StopTokens& stop) override {
    if (stop.abort.stop_requested()) return Interrupted();
    if (store_.update_error) return *store_.update_error;
    if (store_.on_delete) store_.on_delete(id);
    MutexLock lock(store_.mutex_);
    std::string taken = collection_.Whole(id);
    collection_.RemoveDocument(id);
    return taken;
  }

  Status UseUpIds(const std::string& id, std::uint64_t count, const StopTokens& stop) override {
    if (stop.abort.stop_requested()) return Interrupted();
    MutexLock lock(store_.mutex_);
    if (!collection_.Has(id)) {
      return Error{.kind = ErrorKind::kRefused, .message = "there is no document " + id};
    }
    collection_.used_up_ids += count;
    return {};
  }

 private:
  CopyOutcome Write(const DocumentCopy& document, CopyAction action) {
    if (action == CopyAction::kCreate && collection_.Has(document.id)) {
      return {CopyState::kExists, ""};
    }
    const auto& rejected = collection_.rejected;
    if (std::find(rejected.begin(), rejected.end(), document.id) != rejected.end()) {
      return {CopyState::kRejected, "refused here"};
    }
    FakeCollection one;
    one.Put(document.id, document.json);
    std::string trouble =
        FakeCollection::Trouble(collection_.schema.Find("vec"), one.FieldJson(document.id));
    if (!trouble.empty()) return {CopyState::kRejected, std::move(trouble)};
    collection_.Put(document.id, document.json);
    return {};
  }

  // As the port promises: texts, integers and booleans that are to change are compared.
  ChangeOutcome Merge(const DocumentChange& change) {
    if (!collection_.Has(change.id)) {
      const bool unseen = change.seen.empty();
      return {unseen ? ChangeState::kGone : ChangeState::kNotAsSeen, ""};
    }
    Json document = Json::parse(collection_.Whole(change.id));
    const Json members = Json::parse(change.members);
    if (!change.seen.empty()) {
      if (store_.tells_no_change) return {ChangeState::kNotAsSeen, ""};
      const Json seen = Json::parse(change.seen);
      for (const auto& [name, value] : members.items()) {
        const bool told = seen.contains(name) && !seen.at(name).is_structured();
        if (told && document.value(name, Json()) != seen.at(name)) {
          return {ChangeState::kNotAsSeen, ""};
        }
      }
    }
    document.merge_patch(members);
    CopyOutcome written = Write({change.id, document.dump()}, CopyAction::kUpsert);
    if (written.state == CopyState::kWritten) return {};
    return {ChangeState::kRejected, std::move(written.message)};
  }

  FakeStore& store_;
  FakeCollection& collection_;
};

std::unique_ptr<SchemaEditor> FakeStore::MakeSchemaEditor() {
  return std::make_unique<Editor>(*this);
}

std::unique_ptr<DocumentCopier> FakeStore::MakeCopier(const std::string& name) {
  return std::make_unique<Copier>(*this, collections.at(name));
}

}  // namespace reembed::testing
