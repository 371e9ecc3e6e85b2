#include "src/verbs.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "reembed/core/cost.h"
#include "reembed/core/exit_code.h"
#include "src/app/batch_limits.h"
#include "src/app/doctor.h"
#include "src/app/dry_run.h"
#include "src/app/migration.h"
#include "src/app/retire.h"
#include "src/app/rollback.h"
#include "src/app/status.h"
#include "src/app/verify.h"
#include "src/io/report/doctor_json.h"
#include "src/io/report/doctor_text.h"
#include "src/io/report/report_file.h"
#include "src/io/report/report_json.h"
#include "src/io/report/retire_json.h"
#include "src/io/report/retire_text.h"
#include "src/io/report/rollback_json.h"
#include "src/io/report/rollback_text.h"
#include "src/io/report/status_json.h"
#include "src/io/report/status_text.h"
#include "src/io/report/verify_json.h"
#include "src/io/report/verify_text.h"
#include "src/io/system/recovery_files.h"
#include "src/io/system/state_dir.h"

namespace reembed {
namespace {

bool HasRunsToUndo(const RollbackReport& plan) {
  const auto& all = plan.collections;
  return std::any_of(all.begin(), all.end(), [](const CollectionRollback& result) {
    return result.status == RollbackStatus::kPlanned;
  });
}

std::optional<Budget> BudgetOf(const Pricing& pricing) {
  if (!pricing.max_usd || !pricing.price) return std::nullopt;
  return Budget{*pricing.max_usd, pricing.price->usd_per_million_tokens};
}

RunReport Migrate(const VerbContext& context, const RunTools& tools, Provider& provider) {
  Session& session = context.session;
  const auto journal = session.OpenJournal();
  const auto embedder = session.MakeEmbedder(provider, BudgetOf(tools.pricing));
  FirstBatchGate gate;
  BacklogWatch backlog(session.reader, session.clock, session.activity, session.log());
  const StrategyTools strategy{session.reader,
                               session.writer,
                               *embedder,
                               session.clock,
                               gate,
                               backlog,
                               session.activity,
                               session.log(),
                               BatchLimitsFor(tools.provider, session.config.embedding),
                               RequestSizeRule{.target = session.config.update.target},
                               session.config.embedding.concurrency,
                               session.cli.limit,
                               session.config.journal.backup,
                               tools.provider.counts_texts};
  RecoveryFolder recovery(session.config.journal.dir);
  const auto free_bytes = ReadStateDir(session.config.journal.dir).free_bytes;
  return Migration(tools, strategy, journal, recovery, free_bytes, session.cli.max_failures,
                   session.activity, *session.output.progress)
      .Run(context.stop);
}

RunReport TryDry(const VerbContext& context, const RunTools& tools, Provider& provider) {
  const auto journal = context.session.ReadJournal();
  const auto free_bytes = ReadStateDir(context.session.config.journal.dir).free_bytes;
  const RecoveryFolder recovery(context.session.config.journal.dir);
  return DryRun(tools, provider, journal, free_bytes, &recovery).Run(context.stop).report;
}

Status StoreReport(const Session& session, const RunReport& report) {
  if (!session.cli.report_path) return {};
  return WriteReportFile(*session.cli.report_path,
                         ToJson(report, session.output.reporter.plans(), session.output.redact));
}

}  // namespace

Result<int> RunVerb(const VerbContext& context) {
  Session& session = context.session;
  const auto provider = session.MakeProvider(context.registry, context.model);
  if (!provider.ok()) return provider.error();
  Pricing pricing = PricingOf(session.config.embedding, context.model);
  pricing.max_usd = session.cli.max_cost;
  if (pricing.max_usd && !pricing.price) {
    return Error{.kind = ErrorKind::kUsage, .message = "--max-cost: " + NoPriceText()};
  }
  const RunTools tools{session.config,    session.reader,    (*provider)->properties(),
                       session.clock,     session.log(),     session.run_log,
                       session.cli.probe, session.cli.force, pricing};
  const RunReport report = session.cli.dry_run ? TryDry(context, tools, **provider)
                                               : Migrate(context, tools, **provider);
  auto code = static_cast<ExitCode>(report.exit_code);
  if (const auto stored = StoreReport(session, report); !stored.ok()) {
    session.log().Error(stored.error().message);
    code = Worse(code, ExitCodeFor(stored.error().kind));
  }
  return static_cast<int>(code);
}

Result<int> StatusVerb(const VerbContext& context) {
  Session& session = context.session;
  Output& output = session.output;
  if (session.cli.prune && !session.cli.yes) {
    if (const auto able = CanAsk("reembed status --prune"); !able.ok()) return able.error();
  }
  const auto journal = session.ReadJournal();
  if (!journal.ok()) return journal.error();
  const RecoveryFolder recovery(session.config.journal.dir);
  auto report = TakeStatus(session.HasJournal() ? journal->get() : nullptr, session.journal_path(),
                           &recovery);
  if (!report.ok()) return report.error();
  const std::string question = session.cli.prune ? PruneQuestion(*report) : std::string();
  if (!question.empty()) {
    if (!session.cli.yes) {
      const auto answer = Ask(question, context.err, context.stop);
      if (!answer.ok()) return answer.error();
      if (!*answer) {
        context.err << "Nothing was changed.\n";
        return static_cast<int>(kExitDone);
      }
    }
    const auto writable = session.OpenJournal();
    if (!writable.ok()) return writable.error();
    report = PruneJournal(**writable, session.journal_path(), session.clock.Wall(), &recovery);
    if (!report.ok()) return report.error();
  }
  output.Show(session.cli, StatusText(*report, output.redact), StatusJson(*report, output.redact));
  return static_cast<int>(kExitDone);
}

Result<int> VerifyVerb(const VerbContext& context) {
  Session& session = context.session;
  Output& output = session.output;
  const auto journal = session.ReadJournal();
  if (!journal.ok()) return journal.error();
  const auto provider = session.MakeProvider(context.registry, context.model);
  if (!provider.ok()) return provider.error();
  const auto embedder = session.MakeEmbedder(**provider);
  const RecoveryFolder recovery(session.config.journal.dir);
  const VerifyTools tools{session.config,
                          session.reader,
                          (*provider)->properties(),
                          session.clock,
                          session.log(),
                          RandomJitter(),
                          session.HasJournal() ? journal->get() : nullptr,
                          embedder.get(),
                          &recovery};
  VerifyOptions options;
  if (session.cli.sample) options.sample = static_cast<std::size_t>(*session.cli.sample);
  if (session.cli.recompute) options.recompute = static_cast<std::size_t>(*session.cli.recompute);
  const VerifyReport report = Verification(tools, options).Run(context.stop);
  output.Show(session.cli, VerifyText(report, output.redact), VerifyJson(report, output.redact));
  return report.exit_code;
}

Result<int> RollbackVerb(const VerbContext& context) {
  Session& session = context.session;
  Output& output = session.output;
  const bool planning = session.cli.dry_run;
  if (!planning && !session.cli.yes) {
    if (const auto able = CanAsk("reembed rollback"); !able.ok()) return able.error();
  }
  // The lock is held from the question on: what was shown is what is done.
  const auto journal = planning ? session.ReadJournal() : session.OpenJournal();
  if (!journal.ok()) return journal.error();
  const RollbackTools tools{session.config, session.reader, **journal, session.clock,
                            session.log()};
  RollbackOptions options{session.cli.run.value_or("")};
  const auto show = [&](const RollbackReport& report) {
    output.Show(session.cli, RollbackText(report, output.redact),
                RollbackJson(report, output.redact));
    return report.exit_code;
  };
  if (planning || !session.cli.yes) {
    RollbackReport plan = PlanRollback(tools, options, context.stop);
    if (planning) return show(plan);
    if (!HasRunsToUndo(plan)) {
      plan.dry_run = false;  // it is all there is to do
      return show(plan);
    }
    const std::string question = RollbackQuestion(plan, output.redact);
    // A run that has nothing to give back ends unasked, or no rollback would get behind it.
    options.end_only = question.empty();
    if (!question.empty()) {
      context.err << RollbackText(plan, output.redact);
      const auto answer = Ask(question, context.err, context.stop);
      if (!answer.ok()) return answer.error();
      if (!*answer) {
        context.err << "Nothing was changed.\n";
        if (session.cli.output == OutputFormat::kJson) show(plan);
        return static_cast<int>(kExitDone);
      }
    }
  }
  BacklogWatch backlog(session.reader, session.clock, session.activity, session.log());
  RecoveryFolder recovery(session.config.journal.dir);
  return show(RunRollback(tools,
                          {session.writer, backlog, *output.progress, recovery, session.activity},
                          options, context.stop));
}

Result<int> RetireVerb(const VerbContext& context) {
  Session& session = context.session;
  Output& output = session.output;
  const bool planning = session.cli.dry_run;
  if (!planning && !session.cli.yes) {
    if (const auto able = CanAsk("reembed retire"); !able.ok()) return able.error();
  }
  const auto show = [&](const RetireReport& report) {
    output.Show(session.cli, RetireText(report, output.redact), RetireJson(report, output.redact));
    return report.exit_code;
  };
  RetireReport plan;
  {
    const auto journal = session.ReadJournal();
    if (!journal.ok()) return journal.error();
    plan = PlanRetire({session.config, session.reader, **journal, session.clock, session.log()},
                      context.stop);
  }
  if (planning) return show(plan);
  std::vector<CollectionId> agreed;
  for (OldCollection& old : plan.InState(OldState::kToDelete)) agreed.push_back(std::move(old.id));
  if (agreed.empty()) {
    plan.dry_run = false;  // it is all there is to do
    return show(plan);
  }
  if (!session.cli.yes) {
    context.err << RetireText(plan, output.redact);
    const auto answer = Ask(RetireQuestion(plan, output.redact), context.err, context.stop);
    if (!answer.ok()) return answer.error();
    if (!*answer) {
      context.err << "Nothing was changed.\n";
      if (session.cli.output == OutputFormat::kJson) show(plan);
      return static_cast<int>(kExitDone);
    }
  }
  // Only from here on is a run kept from starting; what it did meanwhile is seen by the next look.
  const auto journal = session.OpenJournal();
  if (!journal.ok()) return journal.error();
  return show(RunRetire({session.config, session.reader, **journal, session.clock, session.log()},
                        {session.writer, agreed}, context.stop));
}

Result<int> DoctorVerb(const VerbContext& context) {
  Session& session = context.session;
  Output& output = session.output;
  const auto provider = session.MakeProvider(context.registry, context.model);
  if (!provider.ok()) return provider.error();
  const StateDir dir = ReadStateDir(session.config.journal.dir);
  const auto journal = session.ReadJournal();
  DoctorTools tools{session.config,
                    session.reader,
                    (*provider)->properties(),
                    session.clock,
                    session.log(),
                    {dir.exists, dir.writable, dir.mode, dir.free_bytes, dir.lock_holder}};
  tools.probe = session.cli.probe ? provider->get() : nullptr;
  if (!journal.ok()) tools.journal_error = journal.error();
  if (journal.ok() && session.HasJournal()) tools.journal = journal->get();
  const RecoveryFolder recovery(session.config.journal.dir);
  tools.recovery = &recovery;
  tools.server_time = [&session] { return session.http.latest(); };
  const DoctorReport report = Doctor(tools).Run(context.stop);
  output.Show(session.cli, DoctorText(report, output.redact), DoctorJson(report, output.redact));
  return report.exit_code;
}

}  // namespace reembed
