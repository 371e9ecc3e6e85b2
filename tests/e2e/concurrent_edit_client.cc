#include "concurrent_edit_client.h"

#include <httplib.h>

#include <iterator>
#include <utility>

#include "reembed/base/clock.h"

namespace reembed::testing {
namespace {

using Json = nlohmann::json;

constexpr Millis kPause{1};
constexpr const char* kDocuments = "/collections/docs/documents";

// What an application computes that still has the old model.
Json OldVector() {
  return std::vector<double>(8, 0.5);
}

httplib::Client Connect(int port) {
  httplib::Client client("127.0.0.1", port);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  return client;
}

httplib::Result Ask(httplib::Client& client, const std::string& api_key, const std::string& method,
                    const std::string& target, const Json& body) {
  const httplib::Headers headers = {{"X-TYPESENSE-API-KEY", api_key}};
  if (method == "DELETE") return client.Delete(target, headers);
  if (method == "PATCH") return client.Patch(target, headers, body.dump(), "application/json");
  return client.Post(target, headers, body.dump(), "application/json");
}

}  // namespace

EditingClient::EditingClient(int port, std::string api_key, Model model, std::uint32_t seed)
    : port_(port), api_key_(std::move(api_key)), random_(seed) {
  result_.model = std::move(model);
  thread_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

EditingClient::Result EditingClient::Stop() {
  thread_.request_stop();
  thread_.join();
  return std::move(result_);
}

void EditingClient::Work(const std::stop_token& stop) {
  SystemClock clock;
  while (!stop.stop_requested()) {
    switch (random_() % 9) {
      case 0:
      case 1:
        Insert();
        break;
      case 2:
        Delete();
        break;
      case 3:
      case 4:
        EditOther();
        break;
      case 5:
        WriteOldVector();
        break;
      default:
        EditText();
        break;
    }
    clock.SleepFor(kPause, stop);
  }
}

std::string EditingClient::AnyId() {
  auto at = result_.model.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_() % result_.model.size()));
  return at->first;
}

std::string EditingClient::NewText() {
  return "invoices of customer " + std::to_string(random_());
}

void EditingClient::EditText() {
  const std::string id = AnyId();
  const Json change = {{"title", NewText()}};
  Json sent = change;
  if (Chance(2)) sent["vec"] = OldVector();
  Send("PATCH", id, sent, [&] {
    result_.model.at(id).update(change);
    ++result_.edits;
  });
}

void EditingClient::EditOther() {
  const std::string id = AnyId();
  const Json change = {{"note", "ü " + std::to_string(random_())}, {"n", random_() % 1000}};
  Send("PATCH", id, change, [&] {
    result_.model.at(id).update(change);
    ++result_.other_edits;
  });
}

void EditingClient::WriteOldVector() {
  Send("PATCH", AnyId(), {{"vec", OldVector()}}, [&] { ++result_.old_vectors; });
}

void EditingClient::Insert() {
  // Sometimes an id that was there before: it is another document now.
  std::string id = "new" + std::to_string(last_++);
  if (!deleted_.empty() && Chance(3)) {
    id = deleted_.back();
    deleted_.pop_back();
  }
  const Json document = {{"id", id}, {"title", NewText()}, {"note", "inserted"}, {"n", last_}};
  Json sent = document;
  if (Chance(2)) sent["vec"] = OldVector();
  Send("POST", "", sent, [&] {
    result_.model[id] = document;
    ++result_.inserts;
  });
}

void EditingClient::Delete() {
  const std::string id = AnyId();
  Send("DELETE", id, {}, [&] {
    result_.model.erase(id);
    deleted_.push_back(id);
    ++result_.deletions;
  });
}

void EditingClient::Send(const std::string& method, const std::string& id, const Json& body,
                         const std::function<void()>& done) {
  // One connection for each request, as of many small processes.
  httplib::Client client = Connect(port_);
  const std::string target = id.empty() ? kDocuments : std::string(kDocuments) + "/" + id;
  const httplib::Result answer = Ask(client, api_key_, method, target, body);
  if (answer && answer->status / 100 == 2) return done();
  if (answer && answer->status == 503) return;
  result_.problems.push_back(method + " " + target + ": " +
                             (answer ? answer->body : to_string(answer.error())));
}

RestlessEditor::RestlessEditor(int port, std::string api_key, std::string id)
    : thread_([port, key = std::move(api_key), id = std::move(id)](const std::stop_token& stop) {
        SystemClock clock;
        httplib::Client client = Connect(port);
        const std::string target = std::string(kDocuments) + "/" + id;
        for (int i = 0; !stop.stop_requested(); ++i) {
          Ask(client, key, "PATCH", target, {{"title", "edit number " + std::to_string(i)}});
          clock.SleepFor(kPause, stop);
        }
      }) {}

}  // namespace reembed::testing
