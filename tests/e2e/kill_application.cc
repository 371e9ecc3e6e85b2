#include "kill_application.h"

#include <fmt/format.h>
#include <httplib.h>

#include <iterator>
#include <utility>

#include "reembed/base/clock.h"

namespace reembed::testing {
namespace {

using Json = nlohmann::json;

constexpr Millis kPause{8};
constexpr int kAttempts = 5;
constexpr const char* kMark = "by=application";

}  // namespace

Answered MarkedClient::Ask(const std::string& method, std::string target,
                           const std::string& body) const {
  target += target.find('?') == std::string::npos ? "?" : "&";
  httplib::Client client("127.0.0.1", port_);
  client.set_tcp_nodelay(true);
  client.set_url_encode(false);
  client.set_read_timeout(std::chrono::seconds(30));
  httplib::Request request;
  request.method = method;
  request.path = target + kMark;
  request.headers = {{"X-TYPESENSE-API-KEY", key_}, {"Content-Type", "application/json"}};
  request.body = body;
  Answered last;
  for (int i = 0; i < kAttempts && (i == 0 || last.status == 503); ++i) {
    const httplib::Result answer = client.send(request);
    last = answer ? Answered{answer->status, answer->body} : Answered{};
  }
  return last;
}

bool MarkedClient::IsMarked(const std::string& target) {
  return target.find(kMark) != std::string::npos;
}

KillApplication::KillApplication(MarkedClient client, ApplicationOptions options,
                                 std::uint32_t seed, KeptDocuments documents)
    : client_(std::move(client)),
      options_(std::move(options)),
      random_(seed),
      documents_(std::move(documents)) {}

void KillApplication::Work(std::size_t changes) {
  for (std::size_t i = 0; i < changes; ++i) Change();
}

void KillApplication::Begin() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    SystemClock clock;
    while (!stop.stop_requested()) {
      Change();
      clock.SleepFor(kPause, stop);
    }
  });
}

void KillApplication::Pause() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void KillApplication::Change() {
  switch (random_() % 10) {
    case 0:
    case 1:
    case 2:
      return Insert();
    case 3:
      return Delete();
    case 4:
      return EditOther();
    case 5:
      return WriteOldVector();
    default:
      return EditText();
  }
}

// Again what was deleted, or a new one.
void KillApplication::Insert() {
  const bool again = !deleted_.empty() && Chance(3);
  const std::string id = again ? deleted_.back() : fmt::format("new{}", last_++);
  if (again) deleted_.pop_back();
  came_or_went_.insert(id);
  const bool inside = !Chance(4);
  Upsert(id,
         {.content = {{"id", id},
                      {"title", NewText()},
                      {"note", "inserted"},
                      {"n", last_},
                      {"is_default", !inside}},
          .inside = inside},
         Chance(2));
}

// A document is deleted once. What the application has made and deleted on both sides of a switch,
// nobody can tell from one that was made just before it.
void KillApplication::Delete() {
  auto at = documents_.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_() % documents_.size()));
  const std::string id = at->first;
  if (options_.spared.contains(id) || came_or_went_.contains(id)) return;
  const std::string target = fmt::format("/collections/{}/documents/{}", options_.collection, id);
  if (!Done(client_.Ask("DELETE", target), "DELETE " + id)) return;
  documents_.erase(id);
  touched_.insert(id);
  came_or_went_.insert(id);
  deleted_.push_back(id);
}

void KillApplication::EditText() {
  const auto id = AnyInside();
  if (id) Edit(*id, {{"title", NewText()}}, Chance(2));
}

void KillApplication::EditOther() {
  const auto id = AnyInside();
  if (id) Edit(*id, {{"note", fmt::format("ü {}", random_())}, {"n", random_() % 1000}}, false);
}

void KillApplication::WriteOldVector() {
  const auto id = AnyInside();
  if (id) Edit(*id, Json::object(), true);
}

std::optional<std::string> KillApplication::AnyInside() {
  auto at = documents_.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_() % documents_.size()));
  if (!at->second.inside || options_.spared.contains(at->first)) return std::nullopt;
  return at->first;
}

std::string KillApplication::NewText() {
  return fmt::format("invoices of customer {} for orders", random_());
}

void KillApplication::Edit(const std::string& id, const Json& change, bool with_vector) {
  if (!options_.whole_documents) return Patch(id, change, with_vector);
  KeptDocument document = documents_.at(id);
  document.content.update(change);
  Upsert(id, std::move(document), with_vector);
}

void KillApplication::Upsert(const std::string& id, KeptDocument document, bool with_vector) {
  const std::string target =
      fmt::format("/collections/{}/documents?action=upsert", options_.collection);
  const Answered answer = Send("POST", target, document.content, with_vector);
  if (!Done(answer, "POST " + id)) return;
  document.vector = document.inside || with_vector;
  documents_[id] = std::move(document);
  touched_.insert(id);
}

void KillApplication::Patch(const std::string& id, Json change, bool with_vector) {
  const std::string target = fmt::format("/collections/{}/documents/{}", options_.collection, id);
  const Answered answer = Send("PATCH", target, change, with_vector);
  if (!Done(answer, "PATCH " + id)) return;
  documents_.at(id).content.update(change);
  touched_.insert(id);
}

// Where the new length is in force already, the application does without its vector.
Answered KillApplication::Send(const std::string& method, const std::string& target, Json body,
                               bool& with_vector) {
  if (with_vector) {
    Json with = body;
    with["vec"] = std::vector<double>(static_cast<std::size_t>(options_.old_length), 0.5);
    Answered answer = client_.Ask(method, target, with.dump());
    if (answer.status != 400) return answer;
    with_vector = false;
  }
  return client_.Ask(method, target, body.dump());
}

bool KillApplication::Done(const Answered& answer, const std::string& what) {
  if (answer.status / 100 == 2) return true;
  // 404: made just before a switch, and not carried over yet.
  const bool expected = answer.status == 503 || answer.status == 404;
  if (!expected) problems_.push_back(fmt::format("{}: {} {}", what, answer.status, answer.body));
  return false;
}

}  // namespace reembed::testing
