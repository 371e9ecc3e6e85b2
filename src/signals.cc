#include "signals.h"

#include <pthread.h>

#include <csignal>

namespace reembed {
namespace {

// Wakes the waiting thread when the program ends; never comes from outside in earnest.
constexpr int kWake = SIGUSR2;

sigset_t Awaited() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, kWake);
  return set;
}

}  // namespace

SignalStops::SignalStops() {
  const sigset_t set = Awaited();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread([this](std::stop_token stop) { Wait(stop); });
}

SignalStops::~SignalStops() {
  thread_.request_stop();
  pthread_kill(thread_.native_handle(), kWake);
}

void SignalStops::Wait(std::stop_token stop) {
  const sigset_t set = Awaited();
  while (!stop.stop_requested()) {
    int signal_number = 0;
    if (sigwait(&set, &signal_number) != 0 || signal_number == kWake) continue;
    if (drain_.stop_requested()) {
      abort_.request_stop();
    } else {
      drain_.request_stop();
    }
  }
}

}  // namespace reembed
