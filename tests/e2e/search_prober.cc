#include "search_prober.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

namespace reembed::testing {
namespace {

constexpr auto kPeriod = std::chrono::milliseconds(50);

void Judge(const httplib::Result& answer, Probe& probe) {
  using Json = nlohmann::json;
  probe.result = Probe::Result::kFailed;
  probe.error = "no answer";
  if (!answer) return;
  const Json body = Json::parse(answer->body, nullptr, false);
  probe.error = "status " + std::to_string(answer->status);
  if (answer->status != 200 || !body.is_object() || !body.contains("hits")) {
    if (body.is_object()) probe.error = body.value("message", probe.error);
    return;
  }
  probe.error.clear();
  probe.result = body["hits"].empty() ? Probe::Result::kEmpty : Probe::Result::kOk;
}

}  // namespace

std::string KeywordSearch(const std::string& word) {
  return "q=" + word + "&query_by=title&per_page=1";
}

std::string VectorSearch(const std::string& field, const std::string& id) {
  return "q=*&per_page=1&exclude_fields=" + field + "&vector_query=" + field + ":(%5B%5D,id:" + id +
         ")";
}

SearchProber::SearchProber(int port, std::string api_key, std::string collection,
                           std::string search)
    : port_(port),
      api_key_(std::move(api_key)),
      target_("/collections/" + collection + "/documents/search?" + search),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void SearchProber::WaitForMore(std::size_t searches) {
  MutexLock lock(mutex_);
  const std::size_t enough = probes_.size() + searches;
  while (probes_.size() < enough) more_.wait(mutex_);
}

std::vector<Probe> SearchProber::Finish() {
  thread_.request_stop();
  thread_.join();
  MutexLock lock(mutex_);
  return std::move(probes_);
}

std::vector<double> SearchProber::Stop() {
  constexpr double kFailed = 3600;
  std::vector<double> waits;
  for (const Probe& probe : Finish()) {
    // The visitors who would have come while this one waited wait with it.
    const bool good = probe.result != Probe::Result::kFailed;
    const double period = std::chrono::duration<double>(kPeriod).count();
    for (double wait = probe.seconds; wait >= 0; wait -= period) {
      waits.push_back(good ? wait : kFailed);
    }
  }
  return waits;
}

void SearchProber::Run(const std::stop_token& stop) {
  SystemClock clock;
  httplib::Client client("127.0.0.1", port_);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_url_encode(false);
  const httplib::Headers headers = {{"X-TYPESENSE-API-KEY", api_key_}};
  while (!stop.stop_requested()) {
    Probe probe{.sent = clock.Now()};
    Judge(client.Get(target_, headers), probe);
    const auto took = clock.Now() - probe.sent;
    probe.seconds = std::chrono::duration<double>(took).count();
    {
      MutexLock lock(mutex_);
      probes_.push_back(std::move(probe));
    }
    more_.notify_all();
    const auto rest = std::chrono::duration_cast<Millis>(kPeriod - took % kPeriod);
    if (!clock.SleepFor(rest, stop)) break;
  }
}

std::map<std::string, int> Outcomes(const std::vector<Probe>& probes) {
  std::map<std::string, int> counts;
  for (const Probe& probe : probes) {
    if (probe.result == Probe::Result::kFailed) {
      ++counts[probe.error];
    } else {
      ++counts[probe.result == Probe::Result::kOk ? "ok" : "empty"];
    }
  }
  return counts;
}

double LongestAway(const std::vector<Probe>& probes) {
  double longest = 0;
  const Probe* first_bad = nullptr;
  for (const Probe& probe : probes) {
    if (first_bad == nullptr && probe.result != Probe::Result::kOk) first_bad = &probe;
    if (first_bad != nullptr) {
      longest = std::max(longest, SecondsBetween(first_bad->sent, probe.sent) + probe.seconds);
    }
    if (probe.result == Probe::Result::kOk) first_bad = nullptr;
  }
  return longest;
}

}  // namespace reembed::testing
