#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/stop.h"
#include "reembed/core/config.h"
#include "reembed/core/cutover.h"
#include "reembed/core/exit_code.h"
#include "reembed/core/verify_report.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/recovery_files.h"
#include "reembed/ports/store.h"
#include "verify_scan.h"

namespace reembed {

struct VerifyOptions {
  std::size_t sample = 20;    ///< matching documents looked for in the index; 0: none
  std::size_t recompute = 0;  ///< documents embedded again, per collection; 0: no provider call
};

/// What verifying needs. All references outlive it.
struct VerifyTools {
  const Config& config;
  StoreReader& reader;
  const ProviderProperties& provider;
  const Clock& clock;
  Log& log;
  Jitter random;                            ///< chooses the samples
  JournalStore* journal = nullptr;          ///< null: there is no journal
  Embedder* embedder = nullptr;             ///< needed for `recompute` only
  const RecoveryFiles* recovery = nullptr;  ///< of dropped fields; may be null
};

/// The verb `verify`: holds every configured collection against its journal, samples the index, and
/// embeds a sample again where that was asked for. Reads only, from the store as from the journal.
/// A field that is away, because a rebuild was cut off or because the server has detected it again
/// by itself, is a difference; all else that was cut off is a note.
/// Errors: none are returned; they are in the report, whose `exit_code` is 0 when everything
///         matches, 3 with differences, else the worst of what happened. A trouble of one
///         collection leaves the others to be verified.
/// Stop:   the first signal ends it at once.   Threads: one.
class Verification {
 public:
  Verification(const VerifyTools& tools, const VerifyOptions& options)
      : tools_(tools), options_(options) {}

  VerifyReport Run(const StopTokens& stop);

 private:
  struct Subject;  // one collection with its schema, recipe and last run

  ExitCode VerifyOne(const CollectionConfig& config, CollectionVerification& result,
                     const StopTokens& stop);
  Result<Subject> Look(const CollectionConfig& config, CollectionVerification& result,
                       const StopTokens& stop) const;
  Result<std::optional<Cutover>> LookAtSearch(const CollectionConfig& config,
                                              const CollectionSchema& schema,
                                              CollectionVerification& result) const;
  std::string RecoveryFile(const std::string& collection) const;
  Error MissingField(const CollectionConfig& config, const CollectionSchema& schema) const;
  Result<std::unique_ptr<JournalView>> FindRun(const CollectionConfig& config,
                                               const CollectionSchema& schema, bool cut_off,
                                               int& dimensions,
                                               CollectionVerification& result) const;
  ExitCode Scan(const Subject& subject, CollectionVerification& result, const StopTokens& stop);
  Status SampleIndex(const Subject& subject, const VerifyScan& scan, CollectionVerification& result,
                     const StopTokens& stop) const;
  Status EmbedAgain(const CollectionConfig& config, const VerifyScan& scan,
                    CollectionVerification& result, const StopTokens& stop);

  const VerifyTools& tools_;
  const VerifyOptions options_;
  std::optional<Error> ends_all_;          // what keeps the other collections from being verified
  std::optional<Error> ends_recomputing_;  // what keeps them from being embedded again
};

}  // namespace reembed
