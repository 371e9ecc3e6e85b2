#include "alias_client.h"

#include <iterator>
#include <utility>

#include "alias_support.h"
#include "reembed/base/clock.h"

namespace reembed::testing {
namespace {

constexpr Millis kPause{3};
constexpr const char* kDocuments = "/collections/docs/documents";

}  // namespace

AliasClient::AliasClient(int port, std::string api_key, Model model, std::uint32_t seed)
    : port_(port), api_key_(std::move(api_key)), random_(seed) {
  result_.model = std::move(model);
  thread_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
}

AliasClient::Result AliasClient::Stop() {
  thread_.request_stop();
  thread_.join();
  return std::move(result_);
}

void AliasClient::WaitForMore(std::size_t requests) const {
  SystemClock clock;
  const std::size_t enough = answered_ + requests;
  while (answered_ < enough) clock.SleepFor(kPause, {});
}

void AliasClient::Work(const std::stop_token& stop) {
  SystemClock clock;
  while (!stop.stop_requested()) {
    switch (random_() % 8) {
      case 0:
        Insert();
        break;
      case 1:
        InsertUnnamed();
        break;
      case 2:
        Delete();
        break;
      case 3:
      case 4:
        Edit({{"note", "ü " + std::to_string(random_())}, {"n", random_() % 1000}},
             result_.other_edits);
        break;
      default:
        Edit({{"title", NewText()}}, result_.text_edits);
        break;
    }
    clock.SleepFor(kPause, stop);
  }
}

std::string AliasClient::AnyId() {
  auto at = result_.model.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(random_() % result_.model.size()));
  return at->first;
}

std::string AliasClient::NewText() {
  return "invoices of customer " + std::to_string(random_());
}

void AliasClient::Insert() {
  // Sometimes an id that was there before: it is another document now.
  const bool again = !deleted_.empty() && random_() % 3 == 0;
  const std::string id = again ? deleted_.back() : "new" + std::to_string(fresh_++);
  const nlohmann::json document = {
      {"id", id}, {"title", NewText()}, {"note", "inserted"}, {"n", random_() % 1000}};
  StoreAnswer answer;
  if (!Send("POST", "", document, answer)) return;
  if (again) deleted_.pop_back();
  result_.model[id] = document;
  Note(id, document);
  ++result_.inserts;
}

void AliasClient::InsertUnnamed() {
  nlohmann::json document = {{"title", NewText()}, {"note", "unnamed"}, {"n", 1}};
  StoreAnswer answer;
  if (!Send("POST", "", document, answer)) return;
  const std::string id = nlohmann::json::parse(answer.body).at("id");
  if (result_.model.contains(id)) result_.problems.push_back("id given twice: " + id);
  document["id"] = id;
  result_.model[id] = document;
  Note(id, document);
  ++result_.unnamed_inserts;
}

void AliasClient::Edit(const nlohmann::json& change, std::size_t& count) {
  const std::string id = AnyId();
  StoreAnswer answer;
  if (!Send("PATCH", id, change, answer)) return;
  result_.model.at(id).update(change);
  Note(id, change);
  ++count;
}

void AliasClient::Delete() {
  const std::string id = AnyId();
  StoreAnswer answer;
  if (!Send("DELETE", id, {}, answer)) return;
  result_.model.erase(id);
  Note(id, nlohmann::json::object());
  deleted_.push_back(id);
  ++result_.deletions;
}

bool AliasClient::Send(const std::string& method, const std::string& id, const nlohmann::json& body,
                       StoreAnswer& answer) {
  const std::string target = id.empty() ? kDocuments : std::string(kDocuments) + "/" + id;
  answer = AskStore(port_, api_key_, method, target, body.is_null() ? "" : body.dump());
  const std::size_t number = ++answered_;
  if (answer.status / 100 == 2) return true;
  if (answer.status == 404 || answer.status == 409) {
    result_.refused.push_back(number);
  } else {
    result_.problems.push_back(method + " " + target + ": " + std::to_string(answer.status) + " " +
                               answer.body);
  }
  return false;
}

void AliasClient::Note(const std::string& id, const nlohmann::json& written) {
  const std::size_t number = answered_;
  result_.requests[id].push_back(number);
  for (const auto& [field, value] : written.items()) result_.last[id][field] = number;
}

}  // namespace reembed::testing
