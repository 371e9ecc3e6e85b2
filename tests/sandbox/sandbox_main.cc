#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "tests/sandbox/sandbox_options.h"

namespace {

constexpr int kExitUsage = 2;

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string RandomKey() {
  constexpr const char* kDigits = "0123456789abcdef";
  std::random_device random;
  std::string key = "sandbox-";
  for (int i = 0; i < 24; ++i) key.push_back(kDigits[random() % 16]);
  return key;
}

// Blocked before any thread starts, so that only the wait below ever sees them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Fail(const std::string& message) {
  std::cerr << "reembed-sandbox: " << message << "\nTry: reembed-sandbox --help\n";
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  namespace sandbox = reembed::sandbox;
  const auto command =
      sandbox::ReadSandboxCommand({argv + 1, argv + argc}, FromEnvironment, RandomKey);
  if (!command.ok()) return Fail(command.error().message);
  if (command->help) {
    std::cout << *command->help;
    return 0;
  }
  // From here on threads are started. A closed stdin does not stop the program: it may run
  // detached.
  const sigset_t signals = BlockStopSignals();
  const auto running = sandbox::Sandbox::Start(command->options);
  if (!running.ok()) return Fail(running.error().message);
  std::cout << (*running)->EnvLines() << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
