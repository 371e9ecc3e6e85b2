#include "doctor_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "planner.h"
#include "reembed/base/text.h"
#include "reembed/core/open_cutovers.h"

namespace reembed {
namespace {

// Too little for anything, whatever the plans say.
constexpr std::uint64_t kLeastStateBytes = 100'000'000;
constexpr unsigned kGroupAndOthers = 077;
constexpr auto kClockTolerance = std::chrono::minutes(5);

DoctorLine Ok(std::string what) {
  return {DoctorLevel::kOk, std::move(what), ""};
}
DoctorLine Warning(std::string what, std::string remedy) {
  return {DoctorLevel::kWarning, std::move(what), std::move(remedy)};
}
DoctorLine Problem(std::string what, std::string remedy) {
  return {DoctorLevel::kProblem, std::move(what), std::move(remedy)};
}

std::string LengthText(const CollectionPlan& plan) {
  const std::string from =
      plan.old_dimensions ? std::to_string(*plan.old_dimensions) : std::string("no fixed length");
  const std::string to =
      plan.new_dimensions == 0 ? std::string("not known yet") : std::to_string(plan.new_dimensions);
  return fmt::format("{} → {} dimensions", from, to);
}

std::string ModelText(const EmbeddingConfig& config) {
  return fmt::format("{} / {}", config.provider.family, config.provider.model);
}

std::string ProviderRemedy(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kWrongLength:
      return "set EMBEDDING_DIMENSIONS to the length that the model gives";
    case ErrorKind::kUnreachable:
      return "check the network, HTTPS_PROXY and the base URL";
    case ErrorKind::kWaitTooLong:
      return "wait until the quota resets, or ask the provider for a larger one";
    case ErrorKind::kRefused:
      return "correct the key, the model or the base URL, or top up the credit";
    default:
      return "try again later; if it stays, check model and base URL";
  }
}

}  // namespace

DoctorLine ConfigurationLine(const Config& config) {
  std::vector<std::string> names;
  std::vector<std::string> skipped;
  for (const CollectionConfig& collection : config.collections) {
    (collection.skip_reason ? skipped : names).push_back(collection.name);
  }
  std::string what =
      fmt::format("configuration: {}; collections: {}", config.source,
                  names.empty() ? std::string("none") : fmt::format("{}", fmt::join(names, ", ")));
  if (!skipped.empty()) what += fmt::format("; skipped: {}", fmt::join(skipped, ", "));
  if (!names.empty()) return Ok(std::move(what));
  return Warning(std::move(what), "name a collection to migrate in the config file");
}

DoctorLines StateDirLines(const std::string& dir, const StateDirFacts& facts) {
  const std::string subject = fmt::format("state directory `{}`", dir);
  if (!facts.writable) {
    return {Problem(
        fmt::format("{} {}", subject, facts.exists ? "may not be written" : "cannot be created"),
        "give this user the right to write there, or choose another: --state-dir")};
  }
  if (!facts.exists) return {Ok(subject + " does not exist yet; the first run makes it")};
  DoctorLines lines;
  if ((facts.mode & kGroupAndOthers) != 0) {
    lines.push_back(Warning(
        fmt::format("{} is open to other users (mode {:04o})", subject, facts.mode & 07777U),
        fmt::format("chmod 700 {}", dir)));
  }
  if (!facts.lock_holder.empty()) {
    lines.push_back(Warning(fmt::format("{} is in use: {}", subject, facts.lock_holder),
                            "wait until that run has ended; only one runs at a time"));
  }
  if (lines.empty()) lines.push_back(Ok(subject + " is there, and only this user may read it"));
  return lines;
}

DoctorLine SpaceLine(const StateDirFacts& facts, std::uint64_t journal_bytes, bool begun) {
  const std::string estimate =
      journal_bytes == 0 ? std::string("the journal's growth is not known")
                         : fmt::format("the journal may grow by {}", SizeText(journal_bytes));
  if (!facts.free_bytes) return Ok(fmt::format("disk space: not known; {}", estimate));
  std::string what = fmt::format("disk space: {} free for the state directory; {}",
                                 SizeText(*facts.free_bytes), estimate);
  const std::string remedy = "free some space, or choose another disk: --state-dir";
  if (*facts.free_bytes >= std::max(journal_bytes, kLeastStateBytes)) return Ok(std::move(what));
  const bool too_little = *facts.free_bytes < journal_bytes && !begun;
  return too_little ? Problem(std::move(what), remedy) : Warning(std::move(what), remedy);
}

DoctorLine CollectionTroubleLine(const CollectionConfig& config, const Error& error) {
  std::string remedy = "try again later; if it stays, look at the server's log";
  if (error.kind == ErrorKind::kNotFound) {
    remedy = "correct `collection` in the config file, or create the collection";
  } else if (error.kind == ErrorKind::kRefused) {
    // The message says which it is.
    remedy =
        "correct the config file, or give the key collections:get, documents:search and "
        "documents:export";
  }
  return Problem(fmt::format("'{}': {}", config.name, error.message), std::move(remedy));
}

DoctorLines CollectionLines(const CollectionPlan& plan) {
  const std::string& name = plan.config.name;
  DoctorLines lines;
  for (const std::string& blocker : plan.blockers) {
    lines.push_back(Problem(fmt::format("'{}': {}", name, blocker),
                            "a run leaves this collection alone until that is changed"));
  }
  if (plan.blockers.empty()) {
    lines.push_back(
        Ok(fmt::format("'{}': {} documents match, {}, strategy {}", name,
                       WithThousands(plan.documents), LengthText(plan), ToString(plan.strategy))));
  }
  for (const std::string& note : plan.doubtful_sources) {
    lines.push_back(Warning(fmt::format("'{}': {}", name, note),
                            "compare `text_fields` or `template` with the collection's schema"));
  }
  return lines;
}

DoctorLine ProviderLine(const EmbeddingConfig& config, const ProviderProperties& provider,
                        const std::optional<Result<int>>& probed) {
  const std::string model = ModelText(config);
  if (!probed) {
    if (provider.dimensions != 0) return Ok(model + ": not asked (--no-probe)");
    return Warning(model + ": not asked (--no-probe), and its vector length is not known",
                   "set EMBEDDING_DIMENSIONS, or leave --no-probe out");
  }
  if (probed->ok()) {
    return Ok(fmt::format("{}: {} answers with {} dimensions", model, provider.endpoint, **probed));
  }
  const Error& error = probed->error();
  std::string what = fmt::format("{}: {}", model, error.message);
  if (error.kind == ErrorKind::kRateLimited) {
    return Warning(std::move(what), "other work uses up the quota: set --rpm and --tpm lower");
  }
  return Problem(std::move(what), ProviderRemedy(error.kind));
}

DoctorLine ClockLine(WallTime server, WallTime local) {
  const auto apart = server > local ? server - local : local - server;
  if (apart <= kClockTolerance) return Ok("clock: it agrees with the provider's");
  return Warning(
      fmt::format("clock: this machine says {}, the provider {}", IsoTime(local), IsoTime(server)),
      "set the clock (NTP): waits for quotas and the age of runs depend on it");
}

DoctorLines FutureRunLines(const std::vector<RunRecord>& runs, WallTime now) {
  DoctorLines lines;
  for (const RunRecord& run : runs) {
    if (run.started <= now) continue;
    lines.push_back(
        Warning(fmt::format("run {} of '{}' began in the future, at {}", run.id, run.name,
                            IsoTime(run.started)),
                "set the clock (NTP): how long vectors and backups are kept depends on it"));
  }
  return lines;
}

DoctorLine CutoverLine(const Cutover& cutover, FieldOnServer field,
                       const std::string& recovery_file) {
  const std::string& collection = cutover.to.name;
  const std::string cut_off = CutOffText(cutover);
  switch (field) {
    case FieldOnServer::kAway:
      return Problem(
          fmt::format("'{}': vector search on {} is away: {}", cutover.name, collection, cut_off),
          GoOnText(cutover, recovery_file));
    case FieldOnServer::kUnknown:
      return Warning(fmt::format("'{}': vector search on {} may be away: {}", cutover.name,
                                 collection, cut_off),
                     GoOnText(cutover, recovery_file));
    case FieldOnServer::kGone:
      return Ok(fmt::format("'{}': {}; the collection is gone since", cutover.name, cut_off));
    case FieldOnServer::kThere:
      break;
  }
  return Warning(fmt::format("'{}': {}", cutover.name, cut_off), GoOnText(cutover, ""));
}

DoctorLine OpenRunLine(const RunRecord& run, const TargetCounts& counts, bool goes_on) {
  const std::string left = fmt::format(
      "{} documents to embed, {} embedded and to be written, {} failed",
      WithThousands(counts.pending), WithThousands(counts.embedded), WithThousands(counts.failed));
  return Ok(fmt::format("run {} of '{}' has not ended: {}; a rerun {}", run.id, run.name, left,
                        goes_on ? "goes on with it" : "begins a new one, for another recipe"));
}

}  // namespace reembed
