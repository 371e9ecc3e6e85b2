#include "providers/google.h"
#include "providers/openai.h"
#include "reembed/ports/provider.h"

namespace reembed {

ProviderRegistry BuiltinProviders() {
  return {OpenAi(), Google()};
}

}  // namespace reembed
