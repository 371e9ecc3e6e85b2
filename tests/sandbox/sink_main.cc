#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "tests/sandbox/sink_server.h"

int main(int argc, char** argv) {
  reembed::sandbox::SinkOptions options;
  CLI::App app("A Typesense and an OpenAI for measurements: made-up documents, canned vectors.",
               "reembed-sink");
  app.add_option("--documents", options.documents, "In each collection");
  app.add_option("--dimensions", options.dimensions, "Of old and new vectors")
      ->check(CLI::Range(1, 1 << 16));
  app.add_option("--collections", options.collections, "documents, documents2, …")
      ->check(CLI::PositiveNumber);
  app.add_flag("!--no-old-vectors", options.old_vectors, "Documents hold no vector at first");
  app.add_flag("--float-text", options.float_text, "Vectors as JSON numbers, never as base64");
  app.add_option("--latency-ms", options.latency_ms, "Of a provider request");
  app.add_option("--write-ms", options.write_ms, "Of a document written, one after the other");
  app.add_option("--key", options.key, "Of both services");
  CLI11_PARSE(app, argc, argv);
  // Before any thread starts, so that only the wait below ever sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto running = reembed::sandbox::SinkServer::Start(options);
  if (!running.ok()) {
    std::cerr << "reembed-sink: " << running.error().message << '\n';
    return 1;
  }
  std::cout << (*running)->EnvLines() << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
