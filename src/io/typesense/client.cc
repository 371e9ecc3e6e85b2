#include "src/io/typesense/client.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "reembed/ports/activity.h"
#include "reembed/ports/http.h"
#include "reembed/ports/log.h"
#include "src/io/typesense/body_sink.h"

namespace reembed {
namespace {

constexpr Millis kReadIdle{60'000};
constexpr Millis kSilence{60'000};
constexpr Millis kHealthTimeout{5'000};
constexpr Millis kDrainGrace{10'000};
constexpr Millis kDrainWait{1'000};
constexpr int kMaxUnusable = 5;
// A pass over pages begins again when its node changes: single faults must not move it.
constexpr int kPinnedTries = 3;

std::int64_t InSeconds(Millis time) {
  return std::chrono::round<Seconds>(time).count();
}

Error Interrupted(std::string_view why) {
  return Error{.kind = ErrorKind::kInterrupted,
               .message = fmt::format("interrupted while waiting to try again ({})", why)};
}

}  // namespace

struct TypesenseClient::Trouble {
  std::vector<std::string> reasons;  // by node, the latest; empty: not tried
  std::size_t node = 0;              // asked last
  bool lost = false;                 // the last attempt left its node unhealthy
  bool unreachable = false;          // the last attempt found nobody there
  int failures = 0;
  int unusable = 0;
  std::optional<SteadyTime> since = {};
  std::optional<SteadyTime> drained = {};
};

TypesenseClient::TypesenseClient(TypesenseConfig config, Millis patience, const ClientParts& parts,
                                 Redactor redact)
    : config_(std::move(config)),
      patience_(patience),
      parts_(parts),
      redact_(std::move(redact)),
      urls_(config_.nodes),
      chooser_(config_.nodes.size(), config_.nearest_node.has_value(),
               config_.healthcheck_interval) {
  if (config_.nearest_node) urls_.push_back(*config_.nearest_node);
  for (const std::string& url : urls_) hosts_.push_back(HostPort(url));
}

Result<HttpResponse> TypesenseClient::Send(const TypesenseCall& call, const StopTokens& stop) {
  Trouble trouble{.reasons = std::vector<std::string>(urls_.size())};
  for (;;) {
    trouble.node = Choose(call, trouble);
    Result<HttpResponse> answer = Attempt(call, trouble.node, trouble, stop);
    if (answer.ok() || !IsTemporary(answer.error().kind)) return answer;
    const Result<bool> there = WaitForEffect(answer.error(), call, trouble, stop);
    if (!there.ok()) return there.error();
    if (*there) return HttpResponse{.status = 200, .headers = {}, .body = {}};
  }
}

// Waits before the call is sent again. True when that is not needed.
Result<bool> TypesenseClient::WaitForEffect(const Error& error, const TypesenseCall& call,
                                            Trouble& trouble, const StopTokens& stop) {
  for (;;) {
    const Status waited = WaitAfter(error, call, trouble, stop);
    if (!waited.ok()) return waited.error();
    const WriteEffect effect = call.effect ? call.effect(stop) : WriteEffect::kUnknown;
    if (effect != WriteEffect::kUnderWay) return effect == WriteEffect::kThere;
    trouble.since.reset();
  }
}

std::size_t TypesenseClient::Choose(const TypesenseCall& call, const Trouble& trouble) {
  const bool gone = trouble.unreachable || (trouble.lost && trouble.failures % kPinnedTries == 0);
  if (call.pin != nullptr && call.pin->has_value() && !gone) return **call.pin;
  MutexLock lock(mutex_);
  const std::size_t node = chooser_.Next(parts_.clock.Now());
  if (call.pin != nullptr) *call.pin = node;
  return node;
}

void TypesenseClient::Mark(std::size_t node, bool healthy) {
  MutexLock lock(mutex_);
  chooser_.Mark(node, healthy, parts_.clock.Now());
}

Result<HttpResponse> TypesenseClient::Attempt(const TypesenseCall& call, std::size_t node,
                                              Trouble& trouble, const StopTokens& stop) {
  Result<HttpResponse> answer =
      call.sink == nullptr ? SendOnce(call, node, stop) : Stream(call, node, trouble, stop);
  trouble.lost = answer.ok() ? answer->status >= 500 : IsTemporary(answer.error().kind);
  trouble.unreachable = !answer.ok() && answer.error().kind == ErrorKind::kUnreachable;
  if (answer.ok() || trouble.lost) Mark(node, !trouble.lost);
  if (!answer.ok()) return answer;
  const AnswerOrigin origin{.host = hosts_[node], .redact = redact_};
  if (answer->status < 200 || answer->status >= 300) {
    Error error = ErrorFromAnswer(*answer, origin);
    if (answer->status == 401 && !call.action.empty()) {
      error.message += fmt::format(" This call needs the action {}.", call.action);
    }
    error.retry_after = RetryAfter(*answer, parts_.clock.Wall());
    return error;
  }
  const Status checked = call.check ? call.check(*answer, origin) : Status{};
  if (checked.ok()) return answer;
  if (checked.error().kind == ErrorKind::kTransient) ++trouble.unusable;
  return checked.error();
}

HttpRequest TypesenseClient::RequestFor(const TypesenseCall& call, std::size_t node) const {
  HttpRequest request;
  request.method = call.method;
  request.url = urls_[node] + call.target;
  request.headers.push_back({"X-TYPESENSE-API-KEY", config_.api_key.Reveal(), true});
  if (!call.content_type.empty()) request.headers.push_back({"Content-Type", call.content_type});
  request.body = call.body;
  request.timeouts.connect = config_.connection_timeout;
  const bool patient = call.write || call.sink != nullptr;
  request.timeouts.idle = patient ? Millis{0} : kReadIdle;
  return request;
}

Result<HttpResponse> TypesenseClient::SendOnce(const TypesenseCall& call, std::size_t node,
                                               const StopTokens& stop) {
  HttpRequest request = RequestFor(call, node);
  if (!call.write) return parts_.http.Send(request, stop.abort);
  std::optional<WaitNotice> notice;
  bool under_way = false;
  bool lost = false;  // it has ended, and yet nobody answers
  request.silence_every = kSilence;
  request.on_silence = [&](Millis silence) {
    const bool was_under_way = under_way;
    under_way = call.effect && call.effect(stop) == WriteEffect::kUnderWay;
    lost = was_under_way && !under_way;
    if (lost || (!under_way && silence >= patience_)) return false;
    Announce(silence, node, call.what, notice, stop.abort);
    return true;
  };
  Result<HttpResponse> answer = parts_.http.Send(request, stop.abort);
  if (!lost || answer.ok()) return answer;
  return Error{
      .kind = ErrorKind::kTransient,
      .message = fmt::format("{} has ended {} and does not answer", hosts_[node], call.what)};
}

Result<HttpResponse> TypesenseClient::Stream(const TypesenseCall& call, std::size_t node,
                                             Trouble& trouble, const StopTokens& stop) {
  const Status begun = call.sink->Begin({.host = hosts_[node], .redact = redact_});
  if (!begun.ok()) return begun.error();
  HttpRequest request = RequestFor(call, node);
  std::optional<WaitNotice> notice;
  bool flows = false;  // the first byte has come
  bool stalled = false;
  request.silence_every = kSilence;
  request.on_silence = [&](Millis silence) {
    stalled = flows;
    return !stalled && WaitThrough(silence, node, "an export", notice, stop.drain);
  };
  request.on_body = [&](std::string_view piece) {
    flows = true;
    notice.reset();
    return call.sink->Take(piece);
  };
  Result<HttpResponse> answer = parts_.http.Send(request, stop.drain);
  if (stalled) {
    answer =
        Error{.kind = ErrorKind::kTransient,
              .message = fmt::format("{}: no byte for {} s", hosts_[node], InSeconds(kSilence))};
  }
  // A long stream that breaks late has used up nobody's patience.
  if (flows) trouble.since.reset();
  if (answer.ok() && (answer->status < 200 || answer->status >= 300)) return answer;
  const Status ended = call.sink->End(answer.ok() ? Status{} : answer.error());
  if (!ended.ok()) return ended.error();
  return answer;
}

bool TypesenseClient::WaitThrough(Millis silence, std::size_t node, std::string_view what,
                                  std::optional<WaitNotice>& notice, const std::stop_token& abort) {
  if (silence >= patience_) return false;
  Announce(silence, node, what, notice, abort);
  return true;
}

void TypesenseClient::Announce(Millis silence, std::size_t node, std::string_view what,
                               std::optional<WaitNotice>& notice, const std::stop_token& abort) {
  const std::string health = Health(node, abort);
  notice.emplace(parts_.activity, fmt::format("waiting for Typesense at {} to answer {} ({} s, {})",
                                              hosts_[node], what, InSeconds(silence), health));
}

Result<HttpResponse> TypesenseClient::AskNode(std::size_t node, const std::string& target,
                                              std::stop_token abort) const {
  HttpRequest request = RequestFor({.target = target}, node);
  request.timeouts.connect = std::min(config_.connection_timeout, kHealthTimeout);
  request.timeouts.total = kHealthTimeout;
  return parts_.http.Send(request, std::move(abort));
}

std::string TypesenseClient::Health(std::size_t node, std::stop_token abort) {
  HttpRequest request;
  request.url = urls_[node] + "/health";
  request.timeouts.connect = std::min(config_.connection_timeout, kHealthTimeout);
  request.timeouts.total = kHealthTimeout;
  const Result<HttpResponse> answer = parts_.http.Send(request, std::move(abort));
  if (!answer.ok()) return "/health does not answer";
  return answer->status == 200 ? "/health says ok" : fmt::format("/health says {}", answer->status);
}

Status TypesenseClient::WaitAfter(const Error& error, const TypesenseCall& call, Trouble& trouble,
                                  const StopTokens& stop) {
  const SteadyTime now = parts_.clock.Now();
  if (!trouble.since) trouble.since = now;
  const Millis elapsed = std::chrono::duration_cast<Millis>(now - *trouble.since);
  trouble.reasons[trouble.node] = error.message;
  const RetryRule rule = RuleFor(call.regime, config_, patience_);
  const std::optional<Millis> next = NextWait(rule, ++trouble.failures, elapsed);
  if (!next || trouble.unusable > kMaxUnusable) return GiveUp(call, trouble);

  const Millis asked = std::min(error.retry_after.value_or(Millis{0}), rule.longest_wait);
  const Millis wait = std::max(*next, asked);
  const std::string news = fmt::format("{}; trying again in {:.3g} s", error.message,
                                       std::chrono::duration<double>(wait).count());
  parts_.log.Write(trouble.failures == 1 ? LogLevel::kWarning : LogLevel::kDebug, news);
  const WaitNotice notice(parts_.activity, "waiting for Typesense: " + news);
  if (call.write) return WaitWriting(wait, trouble, stop);
  return parts_.clock.SleepFor(wait, stop.drain) ? Status{} : Interrupted(error.message);
}

Status TypesenseClient::WaitWriting(Millis wait, Trouble& trouble, const StopTokens& stop) {
  const bool draining = stop.drain.stop_requested();
  if (!draining && parts_.clock.SleepFor(wait, stop.drain)) return {};
  const std::string& reason = trouble.reasons[trouble.node];
  if (stop.abort.stop_requested()) return Interrupted(reason);
  const SteadyTime now = parts_.clock.Now();
  if (!trouble.drained) trouble.drained = now;
  if (!draining) return {};
  const Millis left = kDrainGrace - std::chrono::duration_cast<Millis>(now - *trouble.drained);
  if (left <= Millis{0}) return Interrupted(reason);
  return parts_.clock.SleepFor(std::min(kDrainWait, left), stop.abort) ? Status{}
                                                                       : Interrupted(reason);
}

Error TypesenseClient::GiveUp(const TypesenseCall& call, const Trouble& trouble) const {
  const std::string& last = trouble.reasons[trouble.node];
  if (trouble.unusable > kMaxUnusable) {
    return {
        .kind = ErrorKind::kOutage,
        .message = fmt::format("gave up after {} unusable answers: {}", trouble.unusable, last)};
  }
  if (call.regime == Regime::kRunning) {
    return {.kind = ErrorKind::kOutage,
            .message = fmt::format("gave up on Typesense after {} s and {} attempts: {}. A rerun "
                                   "goes on from here.",
                                   InSeconds(patience_), trouble.failures, last)};
  }
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    const std::string& reason = trouble.reasons[i];
    nodes.push_back(fmt::format("{} ({})", hosts_[i], reason.empty() ? "not tried" : reason));
  }
  return {.kind = ErrorKind::kUnreachable,
          .message = fmt::format(
              "no usable answer from Typesense after {} attempts: {}. Is Typesense running there? "
              "Check "
              "TYPESENSE_HOST, TYPESENSE_PORT and TYPESENSE_PROTOCOL, or TYPESENSE_NODES.",
              trouble.failures, fmt::join(nodes, ", "))};
}

Status TypesenseClient::Pause(int failures, std::string_view why, const StopTokens& stop) {
  const RetryRule rule = RuleFor(Regime::kRunning, config_, Millis::max());
  const Millis wait = NextWait(rule, failures, Millis{0}).value_or(rule.longest_wait);
  const WaitNotice notice(parts_.activity, fmt::format("waiting for Typesense: {}", why));
  if (!parts_.clock.SleepFor(wait, stop.drain) && stop.abort.stop_requested()) {
    return Interrupted(why);
  }
  return {};
}

std::string TypesenseClient::AllHosts() const {
  return fmt::format("{}", fmt::join(hosts_, ", "));
}

}  // namespace reembed
