#include "tests/sandbox/typesense_server.h"

#include <mutex>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/typesense_api.h"
#include "tests/sandbox/typesense_catalog.h"
#include "tests/sandbox/typesense_export.h"
#include "tests/sandbox/typesense_router.h"

namespace reembed::sandbox {
namespace {

std::int64_t SecondsNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

class TypesenseServer::Impl {
 public:
  Impl(const TypesenseOptions& options, std::shared_ptr<Catalog> catalog, const PaceTimes& times)
      : times_(times),
        catalog_(std::move(catalog)),
        api_(*catalog_, controls_,
             {options.sink, WritePace(times, [this](auto time) { http_.WaitFor(time); })}),
        router_(api_, controls_, options.api_key),
        http_({options.port}, [this](const HttpRequest& request) { return Serve(request); }) {}

  HttpServer& http() { return http_; }
  const std::shared_ptr<Catalog>& catalog() const { return catalog_; }
  const PaceTimes& times() const { return times_; }
  TypesenseApi& api() { return api_; }
  TypesenseControls& controls() { return controls_; }

  std::vector<RecordedRequest> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

  void ClearRequests() {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.clear();
  }

 private:
  HttpAnswer Serve(const HttpRequest& request) {
    HttpAnswer answer;
    answer.drop = controls_.hooks().Run(Moment::kArrived, request.method, request.target);
    if (answer.drop) return answer;
    answer = router_.Handle(request);
    if (controls_.hooks().Run(Moment::kAnswered, request.method, request.target)) {
      answer.drop = true;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back({request.method, request.target, request.body.size(), answer.status});
    return answer;
  }

  const PaceTimes times_;
  TypesenseControls controls_;
  const std::shared_ptr<Catalog> catalog_;
  TypesenseApi api_;
  TypesenseRouter router_;
  mutable std::mutex mutex_;
  std::vector<RecordedRequest> requests_;
  HttpServer http_;  // last, because its threads use all of the above
};

TypesenseServer::TypesenseServer(TypesenseOptions options)
    : impl_(std::make_unique<Impl>(
          options, std::make_shared<Catalog>(options.now ? options.now : SecondsNow),
          PaceTimes{options.write_delay, options.insert_delay, options.alter_delay})) {}

TypesenseServer::TypesenseServer(TypesenseOptions options, const TypesenseServer& other)
    : impl_(std::make_unique<Impl>(options, other.impl_->catalog(), other.impl_->times())) {}

TypesenseServer::~TypesenseServer() = default;

int TypesenseServer::port() const {
  return impl_->http().port();
}

std::string TypesenseServer::url() const {
  return impl_->http().url();
}

TypesenseControls& TypesenseServer::controls() {
  return impl_->controls();
}

void TypesenseServer::SetReachable(bool reachable) {
  if (reachable) {
    impl_->http().Open();
  } else {
    impl_->http().Close();
  }
}

std::vector<RecordedRequest> TypesenseServer::requests() const {
  return impl_->requests();
}

void TypesenseServer::ClearRequests() {
  impl_->ClearRequests();
}

std::string TypesenseServer::CreateCollection(const std::string& schema_json) {
  return impl_->api().CreateCollection({{}, schema_json}).body;
}

std::string TypesenseServer::Import(const std::string& collection, const std::string& json_lines,
                                    const std::string& action) {
  const auto found = impl_->catalog()->Find(collection);
  if (!found) return GluedMessage(CollectionNotFound()).body;
  auto options = ParseImportOptions({{"action", action}});
  if (!options) return GluedMessage(options.error()).body;
  return sandbox::Import(*found, json_lines, *options, WritePace());
}

std::string TypesenseServer::ExportAll(const std::string& collection) {
  constexpr std::size_t kBatch = 1000;
  const auto found = impl_->catalog()->Find(collection);
  if (!found) return GluedMessage(CollectionNotFound()).body;
  auto next = Export(found, {}, kBatch);
  std::string all;
  for (std::string chunk; next && (*next)(chunk); chunk.clear()) all += chunk;
  return all;
}

void TypesenseServer::RemoveCollection(const std::string& collection) {
  impl_->catalog()->Remove(collection);
}

}  // namespace reembed::sandbox
