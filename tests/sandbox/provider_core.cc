#include "tests/sandbox/provider_core.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "tests/sandbox/fault_wire.h"
#include "tests/sandbox/provider_damage.h"

namespace reembed::sandbox {
namespace {

// Short enough for tests, long enough to be a wait.
constexpr std::chrono::milliseconds kFaultWait{50};

std::optional<std::size_t> FindText(const EmbedCall& call, const std::string& part) {
  if (part.empty()) return {};
  const auto contains = [&](const std::string& text) {
    return text.find(part) != std::string::npos;
  };
  const auto found = std::find_if(call.texts.begin(), call.texts.end(), contains);
  if (found == call.texts.end()) return {};
  return static_cast<std::size_t>(found - call.texts.begin());
}

HttpAnswer NotFound() {
  HttpAnswer answer;
  answer.status = 404;
  answer.body = R"({"error":{"message":"Invalid URL","type":"invalid_request_error",)"
                R"("param":null,"code":null}})";
  return answer;
}

HttpAnswer BadGateway() {
  HttpAnswer answer;
  answer.status = 502;
  answer.content_type = "text/html";
  answer.body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
      "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n"
      "</body>\r\n</html>\r\n";
  return answer;
}

HttpAnswer OnWire(HttpAnswer answer, std::string_view what) {
  answer.headers.emplace_back(std::string(kWireHeader), std::string(what));
  return answer;
}

// A reset or a stall leaves the caller without a status; a cut body comes after one.
int StatusSeen(const HttpAnswer& answer) {
  const auto silent = [](const auto& header) {
    return header.first == kWireHeader && header.second != kWireCut;
  };
  const auto& headers = answer.headers;
  return std::any_of(headers.begin(), headers.end(), silent) ? 0 : answer.status;
}

}  // namespace

struct ProviderCore::Turn {
  const Dialect& dialect;
  Quota& limits;
  std::uint64_t number;
  FaultPick pick;
  EmbedCall call = {};
  bool dead = false;                     // nobody is at home
  std::optional<QuotaState> quota = {};  // what the headers will say
  bool key_ok = false;

  HttpAnswer Refuse(Trouble trouble) const {
    return dialect.Refuse(call, {.trouble = trouble, .wait = kFaultWait, .quota = quota});
  }
};

ProviderCore::ProviderCore(ProviderOptions options)
    : options_(std::move(options)),
      openai_(MakeOpenAiDialect(options_)),
      gemini_(MakeGeminiDialect(options_)),
      history_(options_.record_texts),
      started_(QuotaClock::now()),
      openai_quota_(options_.quota, started_, options_.quota_kind),
      gemini_quota_(options_.quota, started_, options_.quota_kind) {}

HttpAnswer ProviderCore::Handle(const HttpRequest& request) {
  const bool openai = openai_->Serves(request);
  if (!openai && !gemini_->Serves(request)) return NotFound();
  Turn turn = Begin(openai ? *openai_ : *gemini_);
  HttpAnswer answer = Judge(request, turn);
  if (turn.quota && options_.quota_says == QuotaSays::kAll) {
    for (auto& header : turn.dialect.QuotaHeaders(*turn.quota)) {
      answer.headers.push_back(std::move(header));
    }
  }
  answer.headers.emplace_back("x-request-id", "req_sandbox" + std::to_string(turn.number));
  Record(request, std::move(turn), answer);
  return answer;
}

ProviderCore::Turn ProviderCore::Begin(const Dialect& dialect) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::uint64_t number = ++last_number_;
  return {.dialect = dialect,
          .limits = &dialect == openai_.get() ? openai_quota_ : gemini_quota_,
          .number = number,
          .pick = PickFaults(options_.faults, number),
          .dead = IsDead(number)};
}

bool ProviderCore::IsDead(std::uint64_t number) const {
  return !revived_ && options_.modes.dead_after && number > *options_.modes.dead_after;
}

void ProviderCore::Revive() {
  const std::lock_guard<std::mutex> lock(mutex_);
  revived_ = true;
}

void ProviderCore::SetQuota(QuotaLimits limits) {
  const std::lock_guard<std::mutex> lock(mutex_);
  changes_made_ = options_.quota_changes.size();  // what was planned is overruled
  ChangeQuotas(limits, QuotaClock::now());
}

void ProviderCore::ChangeQuotas(QuotaLimits limits, QuotaClock::time_point now) {
  openai_quota_.Change(limits, now);
  gemini_quota_.Change(limits, now);
}

void ProviderCore::ApplyDueChanges(QuotaClock::time_point now) {
  const auto& changes = options_.quota_changes;
  for (; changes_made_ < changes.size(); ++changes_made_) {
    const QuotaChange& change = changes[changes_made_];
    const auto due = started_ + change.after;
    if (due > now) return;
    ChangeQuotas({.requests = options_.quota.requests * change.factor,
                  .tokens = options_.quota.tokens * change.factor},
                 due);
  }
}

HttpAnswer ProviderCore::Judge(const HttpRequest& request, Turn& turn) {
  ParsedCall parsed = turn.dialect.Parse(request);
  turn.call = std::move(parsed.call);
  turn.key_ok = turn.call.key == options_.api_key && !options_.modes.bad_key;
  if (turn.dead) return OnWire({}, kWireReset);
  // Before all else, as the real services do: a stranger learns nothing about the request.
  if (!turn.key_ok) return turn.Refuse(Trouble::kBadKey);
  if (parsed.refusal) return *std::move(parsed.refusal);
  if (auto answer = RefuseByMode(turn)) return *std::move(answer);
  if (auto answer = RefuseByText(turn)) return *std::move(answer);
  if (auto answer = RefuseByQuota(turn)) return *std::move(answer);
  if (auto answer = Strike(turn)) return *std::move(answer);
  return Embed(turn);
}

std::optional<HttpAnswer> ProviderCore::RefuseByMode(const Turn& turn) const {
  const ProviderModes& modes = options_.modes;
  if (modes.no_credit) return turn.Refuse(Trouble::kNoCredit);
  if (modes.daily_quota) return turn.Refuse(Trouble::kDailyQuota);
  if (modes.limit_zero) return turn.Refuse(Trouble::kLimitZero);
  return {};
}

std::optional<HttpAnswer> ProviderCore::RefuseByText(const Turn& turn) const {
  const ProviderModes& modes = options_.modes;
  // Poison first: a caller must isolate the text although no answer ever names it.
  if (FindText(turn.call, modes.poison)) return turn.Refuse(Trouble::kServerError);
  if (const auto item = FindText(turn.call, modes.refuse_text)) {
    return turn.dialect.Refuse(turn.call, {.trouble = Trouble::kRefusedText, .item = item});
  }
  if (FindText(turn.call, modes.refuse_anon)) return turn.Refuse(Trouble::kRefusedText);
  return {};
}

std::optional<HttpAnswer> ProviderCore::RefuseByQuota(Turn& turn) {
  QuotaVerdict verdict;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Without limits no headers either: callers must do without them.
    if (!turn.limits.limited()) return {};
    const auto now = QuotaClock::now();
    ApplyDueChanges(now);
    verdict = turn.limits.Take(turn.dialect.QuotaRequests(turn.call),
                               static_cast<double>(TokensOf(turn.call)), now);
    turn.quota = turn.limits.Look(now);
  }
  if (verdict.granted) return {};
  if (options_.quota_says == QuotaSays::kNothing && !verdict.too_large) {
    return turn.Refuse(Trouble::kRateLimitSilent);
  }
  return turn.dialect.Refuse(
      turn.call, {.trouble = verdict.too_large ? Trouble::kRequestTooLarge : Trouble::kRateLimit,
                  .wait = verdict.wait,
                  .by_tokens = verdict.refused_by_tokens,
                  .quota = turn.quota});
}

// The faults that come instead of vectors.
std::optional<HttpAnswer> ProviderCore::Strike(Turn& turn) const {
  if (!turn.pick.fault) return {};
  switch (*turn.pick.fault) {
    case Fault::kRateLimit:
      // The headers must tell something even when nothing is limited.
      if (!turn.quota) turn.quota = QuotaState{};
      return turn.Refuse(Trouble::kRateLimit);
    case Fault::kRateLimitBare:
      turn.quota.reset();
      return turn.Refuse(Trouble::kRateLimitBare);
    case Fault::kServerError:
      return turn.Refuse(Trouble::kServerError);
    case Fault::kBadGateway:
      return BadGateway();
    case Fault::kUnavailable:
      return turn.Refuse(Trouble::kUnavailable);
    case Fault::kError200:
      return turn.Refuse(Trouble::kError200);
    case Fault::kEchoKey:
      return turn.Refuse(Trouble::kEchoKey);
    case Fault::kReset:
      return OnWire({}, kWireReset);
    case Fault::kStall:
      return OnWire({}, kWireStall);
    default:
      return {};
  }
}

HttpAnswer ProviderCore::Embed(const Turn& turn) const {
  const VectorRecipe recipe = turn.dialect.RecipeFor(turn.call);
  std::vector<EmbeddedItem> items;
  items.reserve(turn.call.texts.size());
  for (const std::string& text : turn.call.texts) {
    items.push_back({.index = items.size(), .vector = SandboxVector(recipe, text)});
  }
  const FaultPick& pick = turn.pick;
  if (pick.fault) SpoilItems(*pick.fault, turn.number, items);
  // Without an index a shuffled answer would be wrong, and a dialect that has none never shuffles.
  const bool with_index = !pick.Has(Quirk::kNoIndex);
  const bool shuffled = pick.Has(Quirk::kShuffle) && with_index && &turn.dialect == openai_.get();
  if (shuffled) ShuffleItems(turn.number, items);
  HttpAnswer answer =
      turn.dialect.Answer(turn.call, items,
                          {.base64 = turn.call.base64 && !pick.Has(Quirk::kFloatsForBase64),
                           .with_index = with_index,
                           .with_usage = options_.usage && !pick.Has(Quirk::kNoUsage)});
  // Last, because it spoils what was written rather than what was meant.
  if (pick.fault == Fault::kBadJson) SpoilJson(answer.body);
  return pick.fault == Fault::kCut ? OnWire(std::move(answer), kWireCut) : answer;
}

void ProviderCore::Record(const HttpRequest& request, Turn turn, const HttpAnswer& answer) {
  const std::size_t count = turn.call.texts.size();
  const std::size_t tokens = TokensOf(turn.call);  // read before the texts are moved away
  history_.Add({.path = request.target,
                .texts = std::move(turn.call.texts),
                .text_count = count,
                .tokens = tokens,
                .model = std::move(turn.call.model),
                .dimensions = turn.call.dimensions,
                .task_type = std::move(turn.call.task_type),
                .status = StatusSeen(answer),
                .key_ok = turn.key_ok});
}

}  // namespace reembed::sandbox
