// A configuration file, then after a line `---` an environment as NAME=value lines, then after
// another one a `.env`.
#include "reembed/core/config_sources.h"
#include "reembed/ports/provider.h"
#include "src/core/config/defaults.h"
#include "tests/fuzz/fuzz.h"

using namespace reembed;

namespace {

ConfigSources Sources(fuzz::Input input) {
  ConfigSources sources;
  sources.config_file = {"reembed.json", std::string(input.Until("\n---\n"))};
  sources.environment =
      ParseEnvFile({"environment", std::string(input.Until("\n---\n"))}).variables;
  sources.environment.try_emplace("TYPESENSE_API_KEY", fuzz::kSecret);
  sources.environment.try_emplace("OPENAI_API_KEY", fuzz::kSecret);
  sources.env_file = NamedText{".env", std::string(input.Rest())};
  sources.default_file = {"built-in", std::string(DefaultConfigJson())};
  for (const ProviderRegistration& provider : BuiltinProviders()) {
    sources.providers.push_back(provider.spec);
  }
  return sources;
}

void RequireChecked(const Config& config) {
  fuzz::Require(!config.collections.empty(), "a collection is selected");
  fuzz::Require(!config.typesense.nodes.empty(), "there is a node");
  fuzz::Require(!config.embedding.provider.model.empty(), "there is a model");
  fuzz::Require(config.embedding.concurrency > 0, "something can be sent");
  for (const CollectionConfig& collection : config.collections) {
    fuzz::Require(collection.skip_reason || !collection.embedding_field.empty(),
                  "a collection that is worked on has a field");
    fuzz::Require(collection.skip_reason || !collection.text.fields.empty(),
                  "a collection that is worked on has text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ConfigSources sources = Sources({data, size});
  const ConfigOutcome outcome = LoadConfig(sources);
  fuzz::Require(outcome.config.has_value() == outcome.problems.empty(),
                "a configuration or problems");
  for (const std::string& problem : outcome.problems) fuzz::RequireMessage(problem);
  if (outcome.config) RequireChecked(*outcome.config);
  fuzz::Require(LoadConfig(sources).problems == outcome.problems, "the same again");
  return 0;
}
