#include "search_prober.h"

#include <httplib.h>

#include <chrono>
#include <utility>

#include "reembed/base/clock.h"

namespace reembed::testing {

SearchProber::SearchProber(int port, std::string api_key, std::string collection)
    : port_(port),
      api_key_(std::move(api_key)),
      collection_(std::move(collection)),
      thread_([this](const std::stop_token& stop) { Probe(stop); }) {}

std::vector<double> SearchProber::Stop() {
  thread_.request_stop();
  thread_.join();
  return std::move(waits_);
}

void SearchProber::Probe(const std::stop_token& stop) {
  constexpr double kFailed = 3600;
  constexpr auto kPeriod = std::chrono::milliseconds(50);
  SystemClock clock;
  httplib::Client client("127.0.0.1", port_);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  const httplib::Headers headers = {{"X-TYPESENSE-API-KEY", api_key_}};
  const std::string target =
      "/collections/" + collection_ + "/documents/search?q=orders&query_by=title&per_page=1";
  while (!stop.stop_requested()) {
    const SteadyTime sent = clock.Now();
    const auto answer = client.Get(target, headers);
    const bool good = answer && answer->status == 200;
    const auto took = std::chrono::duration_cast<Millis>(clock.Now() - sent);
    // The visitors who would have come while this one waited wait with it.
    for (Millis wait = took; wait.count() >= 0; wait -= kPeriod) {
      waits_.push_back(good ? std::chrono::duration<double>(wait).count() : kFailed);
    }
    const Millis rest = kPeriod - took % kPeriod;
    if (!clock.SleepFor(rest, stop)) break;
  }
}

}  // namespace reembed::testing
