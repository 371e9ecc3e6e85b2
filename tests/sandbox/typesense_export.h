#pragma once

#include <memory>

#include "tests/sandbox/typesense_collection.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {

// The JSON lines of a collection, oldest document first, a batch of documents per chunk. Without
// a filter they show the moment of the call; with one the matching documents are fixed then and
// read when their batch is built. No final line feed.
// Source: tests/data/transcripts/08-export.json.
Outcome<ChunkSource> Export(const std::shared_ptr<Collection>& collection, const Params& params,
                            std::size_t batch_size);

// The `batch_size` asked for; 100 for none and for what is no number.
std::size_t ExportBatchSize(const Params& params);

}  // namespace reembed::sandbox
