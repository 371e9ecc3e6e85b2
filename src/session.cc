#include "src/session.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "src/io/http/curl_transport.h"
#include "src/io/journal/open_journal.h"
#include "src/resilience/embedder_factory.h"

namespace reembed {
namespace {

constexpr std::string_view kUserAgent = "reembed/" REEMBED_VERSION;

CurlOptions HttpOptions(const Variables& variables) {
  CurlOptions options = CurlOptionsFrom(variables);
  options.user_agent = kUserAgent;
  return options;
}

EmbedderOptions EmbedderOptionsFor(const EmbeddingConfig& config) {
  EmbedderOptions options;
  options.model = config.provider.model;
  options.requests_per_minute = config.requests_per_minute;
  options.tokens_per_minute = config.tokens_per_minute;
  options.concurrency = config.concurrency;
  options.max_wait = config.max_wait;
  options.outage_patience = config.outage_patience;
  options.normalize = config.normalize;
  return options;
}

}  // namespace

Session::Session(const CliOptions& options, const LoadedSettings& settings,
                 const ProgramParts& parts, Output& out)
    : cli(options),
      config(settings.config),
      output(out),
      run_log(output.reporter, *output.log),
      parts_(parts),
      curl_(MakeCurlTransport(HttpOptions(settings.variables))),
      http(*curl_),
      client_(config.typesense, config.update.patience, {http, clock, activity, *output.log},
              output.redact),
      reader(ReadClient(client_)),
      writer(client_) {}

Result<std::unique_ptr<Provider>> Session::MakeProvider(const ProviderRegistry& registry,
                                                        const ModelFacts* model) {
  const auto& settings = config.embedding.provider;
  for (const ProviderRegistration& entry : registry) {
    if (entry.spec.family != settings.family) continue;
    return entry.make({settings, model, http, clock, output.redact});
  }
  return Error{.kind = ErrorKind::kUsage, .message = "there is no such embedding family"};
}

std::unique_ptr<Embedder> Session::MakeEmbedder(Provider& provider,
                                                const std::optional<Budget>& budget) {
  EmbedderOptions options = EmbedderOptionsFor(config.embedding);
  options.budget = budget;
  return reembed::MakeEmbedder(provider, options, clock, RandomJitter(), activity, log());
}

Result<std::unique_ptr<JournalStore>> Session::OpenJournal() const {
  if (parts_.open_journal) return parts_.open_journal(config.journal.dir);
  return reembed::OpenJournal({.dir = config.journal.dir},
                              fmt::format("reembed {}", ToString(cli.verb)));
}

Result<std::unique_ptr<JournalStore>> Session::ReadJournal() const {
  return reembed::ReadJournal({.dir = config.journal.dir});
}

bool Session::HasJournal() const {
  std::error_code ignored;
  return std::filesystem::exists(journal_path(), ignored);
}

}  // namespace reembed
