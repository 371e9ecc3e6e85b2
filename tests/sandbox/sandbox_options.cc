#include "tests/sandbox/sandbox_options.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

namespace reembed::sandbox {
namespace {

constexpr int kMaxPort = 65535;
constexpr int kMaxMilliseconds = 3600000;
constexpr int kMaxDimensions = 1536;  // of the model that the .env lines name

// The flags as typed; what their texts mean is read afterwards.
struct Flags {
  int latency_ms = 0;
  double write_ms = 0;
  std::optional<double> insert_ms;
  double alter_ms = 0;
  std::string faults;
  std::vector<std::string> modes;
  std::vector<std::string> quota_changes;
};

void AddStoreFlags(CLI::App& app, SandboxOptions& options, Flags& flags) {
  app.add_flag("--empty", options.empty, "No sample data in the store");
  app.add_option("--typesense-port", options.typesense.port, "Port of the store (0: any)")
      ->check(CLI::Range(0, kMaxPort));
  app.add_option("--write-ms", flags.write_ms, "Time per document written to a vector index")
      ->check(CLI::Range(0.0, 1.0 * kMaxMilliseconds));
  app.add_option("--insert-ms", flags.insert_ms, "The same for a new document (as --write-ms)")
      ->check(CLI::Range(0.0, 1.0 * kMaxMilliseconds));
  app.add_option("--alter-ms", flags.alter_ms,
                 "Time per document to drop a field; 2.0 of it to write a vector that is not "
                 "indexed, 1.6 to add the field")
      ->check(CLI::Range(0.0, 1.0 * kMaxMilliseconds));
  app.add_option("--dimensions", options.dimensions, "Length of the sample data's vectors")
      ->check(CLI::Range(1, kMaxDimensions));
  app.add_flag("--sink", options.typesense.sink, "The store counts writes and keeps nothing");
}

void AddProviderFlags(CLI::App& app, ProviderOptions& provider, Flags& flags) {
  app.add_option("--provider-port", provider.port, "Port of the provider (0: any)")
      ->check(CLI::Range(0, kMaxPort));
  app.add_option("--latency-ms", flags.latency_ms, "Time per embedding request")
      ->check(CLI::Range(0, kMaxMilliseconds));
  app.add_option("--rpm", provider.quota.requests, "Requests a minute (Gemini: texts)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--tpm", provider.quota.tokens, "Tokens a minute")->check(CLI::NonNegativeNumber);
  app.add_option("--quota-kind", provider.quota_kind,
                 "How minutes are counted: bucket (default), sliding, fixed")
      ->transform(
          CLI::CheckedTransformer(std::map<std::string, QuotaKind>{{"bucket", QuotaKind::kBucket},
                                                                   {"sliding", QuotaKind::kSliding},
                                                                   {"fixed", QuotaKind::kFixed}}));
  app.add_option("--quota-says", provider.quota_says,
                 "What is told of quotas: all (default), refusals (no headers), nothing")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, QuotaSays>{{"all", QuotaSays::kAll},
                                           {"refusals", QuotaSays::kRefusals},
                                           {"nothing", QuotaSays::kNothing}}));
  app.add_option("--quota-change", flags.quota_changes,
                 "SECONDS:FACTOR, e.g. 20:0.5: so long after the start, so much of --rpm and "
                 "--tpm; may be repeated, in the order of time")
      ->allow_extra_args(false);
  app.add_option("--faults", flags.faults, "KIND=PERCENT,... e.g. 429=10,500=5,reset=3,shuffle=50");
  app.add_option("--mode", flags.modes, "A standing trouble, e.g. no-credit; may be repeated")
      ->allow_extra_args(false);
}

std::chrono::microseconds FromMilliseconds(double milliseconds) {
  constexpr int kMicros = 1000;
  return std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * kMicros));
}

// `20:0.5`.
Status AddQuotaChange(const std::string& text, std::vector<QuotaChange>& changes) {
  std::istringstream in(text);
  double seconds = -1;
  double factor = -1;
  char colon = ' ';
  in >> seconds >> colon >> factor;
  const bool right = in && in.eof() && colon == ':' && seconds >= 0 && factor > 0;
  if (!right) {
    return Error{.kind = ErrorKind::kUsage,
                 .message = "--quota-change \"" + text + "\" is not SECONDS:FACTOR"};
  }
  changes.push_back({.after = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::duration<double>(seconds)),
                     .factor = factor});
  return {};
}

Status Apply(const Flags& flags, SandboxOptions& options) {
  Result<Faults> faults = ParseFaults(flags.faults);
  if (!faults.ok()) return faults.error();
  options.provider.faults = *faults;
  for (const std::string& mode : flags.modes) {
    if (Status status = AddMode(mode, options.provider.modes); !status.ok()) return status;
  }
  for (const std::string& change : flags.quota_changes) {
    if (Status status = AddQuotaChange(change, options.provider.quota_changes); !status.ok()) {
      return status;
    }
  }
  options.provider.latency = std::chrono::milliseconds(flags.latency_ms);
  options.typesense.write_delay = FromMilliseconds(flags.write_ms);
  if (flags.insert_ms) options.typesense.insert_delay = FromMilliseconds(*flags.insert_ms);
  options.typesense.alter_delay = std::chrono::duration<double, std::milli>(flags.alter_ms);
  return {};
}

}  // namespace

Result<SandboxCommand> ReadSandboxCommand(std::vector<std::string> arguments,
                                          const Environment& environment,
                                          const std::function<std::string()>& random_key) {
  SandboxCommand command;
  Flags flags;
  CLI::App app("Speaks Typesense, OpenAI and Gemini on 127.0.0.1 until SIGINT or SIGTERM.",
               "reembed-sandbox");
  AddStoreFlags(app, command.options, flags);
  AddProviderFlags(app, command.options.provider, flags);
  std::reverse(arguments.begin(), arguments.end());  // what CLI11 wants of a vector
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    command.help = app.help();
    return command;
  } catch (const CLI::ParseError& wrong) {
    return Error{.kind = ErrorKind::kUsage, .message = wrong.what()};
  }
  if (const Status status = Apply(flags, command.options); !status.ok()) return status.error();
  const auto key = [&](const char* name) {
    std::string value = environment(name);
    return value.empty() ? random_key() : value;
  };
  command.options.typesense.api_key = key("SANDBOX_TYPESENSE_KEY");
  command.options.provider.api_key = key("SANDBOX_PROVIDER_KEY");
  return command;
}

}  // namespace reembed::sandbox
