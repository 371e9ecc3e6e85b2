#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/models.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/provider.h"
#include "src/app/progress_board.h"
#include "src/cli.h"
#include "src/core/config/gather.h"
#include "src/io/http/date_watch.h"
#include "src/io/report/run_log.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/store_reader.h"
#include "src/io/typesense/store_writer.h"
#include "src/output.h"
#include "src/program.h"
#include "src/resilience/budget.h"

namespace reembed {

/// The parts that the verbs are made of, over a checked configuration. Building them contacts
/// nobody and touches no file.
class Session {
 public:
  /// All of them outlive the session.
  Session(const CliOptions& cli, const LoadedSettings& settings, const ProgramParts& parts,
          Output& output);

  const CliOptions& cli;
  const Config& config;
  Output& output;
  RunLog run_log;
  SystemClock clock;
  ActivityBoard activity;

 private:
  const ProgramParts& parts_;
  std::unique_ptr<HttpTransport> curl_;

 public:
  DateWatch http;

 private:
  TypesenseClient client_;

 public:
  TypesenseReader reader;
  TypesenseWriter writer;

  Log& log() const { return *output.log; }
  Result<std::unique_ptr<Provider>> MakeProvider(const ProviderRegistry& registry,
                                                 const ModelFacts* model);
  /// `budget`: what may be spent; absent: no limit.
  std::unique_ptr<Embedder> MakeEmbedder(Provider& provider,
                                         const std::optional<Budget>& budget = {});
  Result<std::unique_ptr<JournalStore>> OpenJournal() const;
  Result<std::unique_ptr<JournalStore>> ReadJournal() const;
  bool HasJournal() const;
  std::string journal_path() const { return config.journal.dir + "/journal.db"; }
};

}  // namespace reembed
