#include "program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reembed/core/exit_code.h"
#include "reembed/ports/provider.h"
#include "src/app/batch_limits.h"
#include "src/app/dry_run.h"
#include "src/app/migration.h"
#include "src/cli.h"
#include "src/core/config/defaults.h"
#include "src/core/config/gather.h"
#include "src/io/http/curl_transport.h"
#include "src/io/journal/memory_journal.h"
#include "src/io/report/json_reporter.h"
#include "src/io/report/log_sink.h"
#include "src/io/report/plan_recorder.h"
#include "src/io/report/progress.h"
#include "src/io/report/report_file.h"
#include "src/io/report/report_json.h"
#include "src/io/report/run_log.h"
#include "src/io/report/terminal.h"
#include "src/io/report/text_reporter.h"
#include "src/io/system/environment.h"
#include "src/io/system/read_file.h"
#include "src/io/typesense/client.h"
#include "src/io/typesense/store_reader.h"
#include "src/io/typesense/store_writer.h"
#include "src/resilience/embedder_factory.h"
#include "src/signals.h"

namespace reembed {
namespace {

constexpr std::string_view kUserAgent = "reembed/" REEMBED_VERSION;

int Fail(std::ostream& err, const Error& error, ExitCode code) {
  err << "reembed: " << error.message << '\n';
  return code;
}

Redactor RedactorFor(const Config& config) {
  std::vector<Secret> secrets = {config.typesense.api_key};
  for (const auto& [name, secret] : config.embedding.provider.secrets) secrets.push_back(secret);
  return Redactor(secrets);
}

SettingsOutcome Configure(const CliOptions& cli, const ProviderRegistry& registry) {
  ConfigRequest request;
  request.flags = cli.config;
  request.config_path = cli.config_path;
  request.env_path = cli.env_path;
  request.environment = ProcessEnvironment();
  for (const ProviderRegistration& entry : registry) request.providers.push_back(entry.spec);
  return GatherConfig(request, ReadWholeFile);
}

EmbedderOptions EmbedderOptionsFor(const EmbeddingConfig& config) {
  EmbedderOptions options;
  options.model = config.provider.model;
  options.requests_per_minute = config.requests_per_minute;
  options.tokens_per_minute = config.tokens_per_minute;
  options.max_wait = config.max_wait;
  options.outage_patience = config.outage_patience;
  options.normalize = config.normalize;
  return options;
}

Result<std::unique_ptr<Provider>> MakeProvider(const ProviderRegistry& registry,
                                               const ProviderContext& context) {
  for (const ProviderRegistration& entry : registry) {
    if (entry.spec.family == context.settings.family) return entry.make(context);
  }
  return Error{.kind = ErrorKind::kUsage, .message = "there is no such embedding family"};
}

// Everything that shows something, for the length of the program.
struct Output {
  Redactor redact;
  Terminal terminal;
  std::unique_ptr<Log> log;
  std::unique_ptr<ProgressDisplay> progress;
  std::unique_ptr<Reporter> shown;
  PlanRecorder reporter;

  Output(const CliOptions& cli, Redactor redactor, std::string_view term, std::ostream& out,
         std::ostream& err)
      : redact(std::move(redactor)),
        terminal(err, DetectTerminal(STDERR_FILENO, term), redact),
        progress(MakeProgress(cli.progress, terminal)),
        shown(cli.output == OutputFormat::kJson ? MakeJsonReporter(out, redact)
                                                : MakeTextReporter(out, redact)),
        reporter(*shown) {}
};

// One run with all its parts, over a checked configuration.
class Session {
 public:
  Session(const CliOptions& cli, const LoadedSettings& settings, Output& output)
      : cli_(cli),
        config_(settings.config),
        output_(output),
        run_log_(output.reporter, *output.log),
        http_(MakeCurlTransport(HttpOptions(settings.variables))),
        client_(config_.typesense, config_.update.patience,
                {*http_, clock_, activity_, *output.log}, output.redact),
        reader_(ReadClient(client_)),
        writer_(client_) {}

  Result<RunReport> Run(const ProviderRegistry& registry, const ModelFacts* model,
                        const StopTokens& stop) {
    auto provider =
        MakeProvider(registry, {config_.embedding.provider, model, *http_, clock_, output_.redact});
    if (!provider.ok()) return provider.error();
    const RunTools tools{config_,  reader_,   (*provider)->properties(), clock_, *output_.log,
                         run_log_, cli_.probe};
    if (cli_.dry_run) return DryRun(tools, **provider).Run(stop).report;
    return Migrate(tools, **provider, stop);
  }

 private:
  static CurlOptions HttpOptions(const Variables& variables) {
    CurlOptions options = CurlOptionsFrom(variables);
    options.user_agent = kUserAgent;
    return options;
  }

  RunReport Migrate(const RunTools& tools, Provider& provider, const StopTokens& stop) {
    const auto embedder = MakeEmbedder(provider, EmbedderOptionsFor(config_.embedding), clock_,
                                       RandomJitter(), activity_, *output_.log);
    FirstBatchGate gate;
    BacklogWatch backlog(reader_, clock_, activity_, *output_.log);
    const StrategyTools strategy{reader_,
                                 writer_,
                                 *embedder,
                                 clock_,
                                 gate,
                                 backlog,
                                 [](const CollectionPlan&) { return MakeMemoryJournal(); },
                                 BatchLimitsFor(tools.provider, config_.embedding),
                                 RequestSizeRule{.target = config_.update.target},
                                 config_.embedding.concurrency,
                                 cli_.limit};
    return Migration(tools, strategy, cli_.max_failures, activity_, *output_.progress).Run(stop);
  }

  const CliOptions& cli_;
  const Config& config_;
  Output& output_;
  RunLog run_log_;
  SystemClock clock_;
  ActivityBoard activity_;
  std::unique_ptr<HttpTransport> http_;
  TypesenseClient client_;
  TypesenseReader reader_;
  TypesenseWriter writer_;
};

Status StoreReport(const CliOptions& cli, const RunReport& report, const Output& output) {
  if (!cli.report_path) return {};
  return WriteReportFile(*cli.report_path, ToJson(report, output.reporter.plans(), output.redact));
}

// Which of several files and servers it is that this run works with.
std::string SourcesText(const Config& config) {
  return fmt::format("configuration: {}; Typesense: {}; {}: {}", config.source,
                     fmt::join(config.typesense.nodes, ", "), config.embedding.provider.family,
                     config.embedding.provider.base_url);
}

std::string_view StopText(bool dry_run) {
  return dry_run ? "stopping"
                 : "stopping: what is in flight is finished first; a second signal ends it at once";
}

// Flushes the results; false when they did not arrive.
bool Delivered(std::ostream& out) {
  out.flush();
  return out.good();
}

constexpr std::string_view kNotDelivered =
    "the result could not be written to stdout (closed, or its disk is full)";

int RunWith(const CliOptions& cli, const LoadedSettings& settings, const ProviderRegistry& registry,
            std::ostream& out, std::ostream& err) {
  const Config& config = settings.config;
  const auto catalogue = ModelCatalogue::Parse(ModelsJson());
  if (!catalogue.ok()) return Fail(err, catalogue.error(), kExitBug);
  const auto& asked = config.embedding.provider;
  if (cli.report_path) {
    if (auto writable = CheckReportFile(*cli.report_path); !writable.ok()) {
      return Fail(err, writable.error(), kExitUsage);
    }
  }
  ExportProxyVariables(settings.variables);
  const SignalStops signals;
  const auto term = settings.variables.find("TERM");
  Output output(cli, RedactorFor(config), term == settings.variables.end() ? "" : term->second, out,
                err);
  auto log = MakeLog({cli.verbosity, cli.log_path.value_or("")}, output.terminal);
  if (!log.ok()) return Fail(err, log.error(), kExitUsage);
  output.log = std::move(*log);
  output.log->Info(SourcesText(config));
  const std::stop_callback notice(signals.tokens().drain,
                                  [&output, &cli] { output.log->Warning(StopText(cli.dry_run)); });
  auto report = Session(cli, settings, output)
                    .Run(registry, catalogue->Find(asked.family, asked.model), signals.tokens());
  if (!report.ok()) return Fail(err, report.error(), ExitCodeFor(report.error().kind));
  auto code = static_cast<ExitCode>(report->exit_code);
  if (auto stored = StoreReport(cli, *report, output); !stored.ok()) {
    output.log->Error(stored.error().message);
    code = Worse(code, ExitCodeFor(stored.error().kind));
  }
  if (!Delivered(out)) {
    output.log->Error(kNotDelivered);
    code = Worse(code, kExitTemporary);
  }
  return code;
}

}  // namespace

int RunProgram(int argc, char** argv, std::ostream& out, std::ostream& err) {
  const auto parsed = ParseCommandLine(argc, argv, CurlVersion());
  if (const auto* exit = std::get_if<CliExit>(&parsed)) {
    out << exit->out;
    err << exit->err;
    if (Delivered(out)) return exit->code;
    err << "reembed: " << kNotDelivered << '\n';
    return kExitTemporary;
  }
  const auto& cli = std::get<CliOptions>(parsed);
  const ProviderRegistry registry = BuiltinProviders();
  const SettingsOutcome configured = Configure(cli, registry);
  if (!configured.settings) {
    for (const std::string& problem : configured.problems) err << "reembed: " << problem << '\n';
    return kExitUsage;
  }
  return RunWith(cli, *configured.settings, registry, out, err);
}

}  // namespace reembed
