#include <set>

#include "providers/provider_call.h"
#include "tests/support/catch2.h"

namespace reembed::testing {

TEST_CASE("builtin providers: each family once, complete") {
  const ProviderRegistry registry = BuiltinProviders();
  std::set<std::string> families;
  for (const ProviderRegistration& provider : registry) {
    families.insert(provider.spec.family);
    CHECK(!provider.spec.default_base_url.ends_with('/'));
    CHECK(!provider.spec.variables.empty());
    CHECK(provider.make != nullptr);
  }
  CHECK(families == std::set<std::string>{"google", "openai"});
  CHECK(registry.size() == 2);
}

TEST_CASE("builtin providers: only keys are secret, and every key is") {
  for (const ProviderRegistration& provider : BuiltinProviders()) {
    for (const VariableSpec& variable : provider.spec.variables) {
      INFO(variable.names.front());
      CHECK(variable.secret == (variable.role == VariableRole::kKey));
    }
  }
}

TEST_CASE("builtin providers: a default is among the allowed values") {
  const ProviderRegistry registry = BuiltinProviders();
  const OptionSpec& task_type = registry[1].spec.options[0];
  CHECK(task_type.key == "task_type");
  CHECK(task_type.default_value == "RETRIEVAL_QUERY");
  CHECK(task_type.allowed.size() == 8);
  CHECK(registry[0].spec.variables[0].optional_with_base_url);
  CHECK(registry[1].spec.variables[0].names.size() == 2);
}

TEST_CASE("provider call: host and port of a URL") {
  CHECK(HostAndPort("https://api.openai.com/v1") == "api.openai.com:443");
  CHECK(HostAndPort("http://localhost/v1") == "localhost:80");
  CHECK(HostAndPort("http://localhost:11434/v1") == "localhost:11434");
  CHECK(HostAndPort("https://user:word@host.test/v1") == "host.test:443");
  CHECK(HostAndPort("http://[::1]/v1") == "[::1]:80");
  CHECK(HostAndPort("http://[::1]:8080/v1") == "[::1]:8080");
  CHECK(HostAndPort("") == ":443");
}

TEST_CASE("provider call: trailing slashes") {
  CHECK(WithoutTrailingSlashes("https://host/v1//") == "https://host/v1");
  CHECK(WithoutTrailingSlashes("https://host/v1") == "https://host/v1");
  CHECK(WithoutTrailingSlashes("/").empty());
}

}  // namespace reembed::testing
