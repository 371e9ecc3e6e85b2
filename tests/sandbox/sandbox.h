// The whole sandbox: a store with sample data and a provider, both on 127.0.0.1.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "reembed/base/result.h"
#include "tests/sandbox/provider_server.h"
#include "tests/sandbox/typesense_server.h"

namespace reembed::sandbox {

/// Both keys must be set; reembed-sandbox takes them from the environment or draws them.
struct SandboxOptions {
  bool empty = false;    ///< no sample data
  int dimensions = 256;  ///< of the sample data's vectors, and named in EnvLines()
  TypesenseOptions typesense;
  ProviderOptions provider;
};

/// Serves from Start() to destruction. The servers are thread-safe, and tests reach their histories
/// and switches through the accessors.
class Sandbox {
 public:
  /// Starts both servers and loads the sample data. Error kUsage: a port is taken; kLocal: the
  /// store refuses the sample data.
  static Result<std::unique_ptr<Sandbox>> Start(const SandboxOptions& options);

  TypesenseServer& typesense() { return *typesense_; }
  ProviderServer& provider() { return *provider_; }

  /// Settings of reembed for this sandbox, as lines of a `.env` file: the store, the OpenAI family
  /// with text-embedding-3-small, and the Google address beside it. Holds the keys.
  std::string EnvLines() const;

 private:
  explicit Sandbox(const SandboxOptions& options);

  Status LoadSamples();

  SandboxOptions options_;
  std::unique_ptr<TypesenseServer> typesense_;
  std::unique_ptr<ProviderServer> provider_;
};

}  // namespace reembed::sandbox
