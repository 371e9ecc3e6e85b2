#include "tests/sandbox/sandbox.h"

#include "tests/sandbox/sample_data.h"

namespace reembed::sandbox {
namespace {

Error PortTaken(const std::string& what, int port) {
  return {.kind = ErrorKind::kUsage,
          .message = "port " + std::to_string(port) + " for the " + what +
                     " cannot be bound; another program may use it: choose another, or 0 for any"};
}

Error Refused(const SampleCollection& sample, const std::string& answer) {
  return {.kind = ErrorKind::kLocal,
          .message = "the sample data of " + sample.name + " was refused: " + answer};
}

}  // namespace

Sandbox::Sandbox(const SandboxOptions& options)
    : options_(options),
      typesense_(std::make_unique<TypesenseServer>(options.typesense)),
      provider_(std::make_unique<ProviderServer>(options.provider)) {}

Result<std::unique_ptr<Sandbox>> Sandbox::Start(const SandboxOptions& options) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox(options));
  if (sandbox->typesense_->port() == 0) return PortTaken("Typesense", options.typesense.port);
  if (sandbox->provider_->port() == 0) return PortTaken("provider", options.provider.port);
  if (options.empty) return sandbox;
  if (const Status status = sandbox->LoadSamples(); !status.ok()) return status.error();
  return sandbox;
}

Status Sandbox::LoadSamples() {
  for (const SampleCollection& sample : MakeSampleData(options_.dimensions)) {
    const std::string created = typesense_->CreateCollection(sample.schema);
    if (created.find("\"num_documents\":0") == std::string::npos) return Refused(sample, created);
    const std::string imported = typesense_->Import(sample.name, sample.documents, "create");
    if (imported.find("\"success\":false") != std::string::npos) return Refused(sample, imported);
  }
  return {};
}

std::string Sandbox::EnvLines() const {
  const std::string& provider_key = options_.provider.api_key;
  return "TYPESENSE_HOST=127.0.0.1\nTYPESENSE_PORT=" + std::to_string(typesense_->port()) +
         "\nTYPESENSE_PROTOCOL=http\nTYPESENSE_API_KEY=" + options_.typesense.api_key +
         "\nEMBEDDING_FAMILY=openai\nEMBEDDING_MODEL=text-embedding-3-small" +
         "\nEMBEDDING_DIMENSIONS=" + std::to_string(options_.dimensions) +
         "\nOPENAI_API_KEY=" + provider_key + "\nOPENAI_BASE_URL=" + provider_->openai_url() +
         "\nGOOGLE_API_KEY=" + provider_key +
         "\nGOOGLE_GEMINI_BASE_URL=" + provider_->google_url() + "\n";
}

}  // namespace reembed::sandbox
