#pragma once

#include "reembed/ports/provider.h"

namespace reembed {

/// OpenAI's `POST /embeddings`, and every server that offers the same (OPENAI_BASE_URL). What such
/// a server refuses as unknown, `dimensions` or base64, is left out from the next call on.
/// Limits: https://platform.openai.com/docs/api-reference/embeddings
ProviderRegistration OpenAi();

}  // namespace reembed
