#pragma once

#include "reembed/ports/provider.h"

namespace reembed {

/// Google's Gemini API, `POST /v1beta/models/{model}:batchEmbedContents`: one entry per text, the
/// vectors in the order of the entries. Its quota counts texts, not requests. Vectors shorter than
/// native come un-normalised from some models (`unit_vectors` is false then).
/// Limits: https://ai.google.dev/gemini-api/docs/embeddings
ProviderRegistration Google();

}  // namespace reembed
