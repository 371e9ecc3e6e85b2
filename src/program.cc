#include "src/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reembed/core/exit_code.h"
#include "src/core/config/defaults.h"
#include "src/io/http/curl_transport.h"
#include "src/io/journal/open_journal.h"
#include "src/io/report/report_file.h"
#include "src/io/system/environment.h"
#include "src/io/system/read_file.h"
#include "src/session.h"
#include "src/signals.h"
#include "src/verbs.h"

namespace reembed {
namespace {

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

// Which of several files and servers it is that this run works with.
std::string SourcesText(const Config& config) {
  return fmt::format("configuration: {}; Typesense: {}; {}: {}", config.source,
                     fmt::join(config.typesense.nodes, ", "), config.embedding.provider.family,
                     config.embedding.provider.base_url);
}

std::string_view StopText(const CliOptions& cli) {
  const bool changes =
      cli.verb == Verb::kRun || cli.verb == Verb::kRollback || cli.verb == Verb::kRetire;
  const bool writes = changes && !cli.dry_run;
  return writes ? "stopping: what is in flight is finished first; a second signal ends it at once"
                : "stopping";
}

Result<int> Dispatch(const VerbContext& context) {
  switch (context.session.cli.verb) {
    case Verb::kRun:
      return RunVerb(context);
    case Verb::kStatus:
      return StatusVerb(context);
    case Verb::kVerify:
      return VerifyVerb(context);
    case Verb::kRollback:
      return RollbackVerb(context);
    case Verb::kRetire:
      return RetireVerb(context);
    case Verb::kDoctor:
      return DoctorVerb(context);
  }
  return static_cast<int>(kExitBug);
}

// Flushes the results; false when they did not arrive.
bool Delivered(std::ostream& out) {
  out.flush();
  return out.good();
}

constexpr std::string_view kNotDelivered =
    "the result could not be written to stdout (closed, or its disk is full)";

int RunWith(const CliOptions& cli, const LoadedSettings& settings, const ProviderRegistry& registry,
            const ProgramParts& parts, std::ostream& out, std::ostream& err) {
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
                                  [&output, &cli] { output.log->Warning(StopText(cli)); });
  Session session(cli, settings, parts, output);
  const auto ended = Dispatch(
      {session, registry, catalogue->Find(asked.family, asked.model), signals.tokens(), err});
  if (!ended.ok()) return Fail(err, ended.error(), ExitCodeFor(ended.error().kind));
  if (Delivered(out)) return *ended;
  output.log->Error(kNotDelivered);
  return Worse(static_cast<ExitCode>(*ended), kExitTemporary);
}

// `libcurl/7.88.1 OpenSSL/3.0.19 SQLite/3.40.1`
std::string LibraryVersions() {
  return fmt::format("{} SQLite/{}", CurlVersion(), SqliteVersion());
}

}  // namespace

int RunProgram(int argc, char** argv, std::ostream& out, std::ostream& err,
               const ProgramParts& parts) {
  const auto parsed = ParseCommandLine(argc, argv, LibraryVersions());
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
  return RunWith(cli, *configured.settings, registry, parts, out, err);
}

}  // namespace reembed
