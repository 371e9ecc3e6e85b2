#include "src/resilience/split_job.h"

#include <fmt/format.h>

#include <memory>
#include <numeric>
#include <utility>

#include "reembed/base/text.h"
#include "src/resilience/long_text.h"

namespace reembed {
namespace {

// So many texts refused one by one before a single answer: the fault lies in the request.
constexpr int kRefusedAloneToStop = 8;

/// Which text of a request of `size` an answer speaks of, if that is clear.
std::optional<std::size_t> Culprit(const Error& error, std::size_t size) {
  if (size == 1) return 0;
  if (error.item && *error.item < size) return error.item;
  return std::nullopt;
}

}  // namespace

SplitJob::SplitJob(SplitContext& context, const Batch& batch, const EmbedRules& rules,
                   const VectorSink& sink, const StopTokens& stop)
    : context_(context),
      batch_(batch),
      rules_(rules),
      sink_(sink),
      stop_(stop),
      shares_(context.estimator.Snapshot()),
      texts_(batch.texts.size()),
      work_(context.options.batch, context.options.single) {
  for (std::size_t i = 0; i < texts_.size(); ++i) Prepare(i);
  std::vector<std::size_t> all(inputs_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  work_.PushNext(std::move(all));
}

Result<std::vector<TextFailure>> SplitJob::Run() {
  while (!work_.empty()) {
    Piece piece = work_.Pop();
    DropFailed(piece);
    if (piece.texts.empty() || SplitToLimits(piece)) continue;
    Result<EmbedReply> reply = Send(piece);
    const Status status = reply.ok() ? Accept(piece, std::move(reply->vectors))
                                     : AfterFailure(std::move(piece), reply.error());
    if (!status.ok()) return status.error();
  }
  std::vector<TextFailure> failures;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].failure) failures.push_back({i, *std::move(texts_[i].failure)});
  }
  return failures;
}

// Texts are scanned here only if they come without their shape, or are too long.
void SplitJob::Prepare(std::size_t index) {
  const PendingText& pending = batch_.texts[index];
  Input whole{.text = index,
              .content = pending.text,
              .shape = pending.shape.texts == 0 ? ShapeOf(pending.text) : pending.shape};
  const std::uint64_t limit = context_.properties.max_text_tokens;
  const bool fits = limit == 0 || shares_.TokensIn(whole.shape) <= limit;
  if (fits) return AddInput(whole);
  if (rules_.on_long_text == LongTextRule::kFail) {
    if (!SurelyTooLong(whole.shape, limit, shares_)) return AddInput(whole);
    texts_[index].failure = Error{.kind = ErrorKind::kTooLong,
                                  .message = fmt::format("about {} tokens, and the model takes {}",
                                                         shares_.TokensIn(whole.shape), limit)};
    return;
  }
  if (rules_.on_long_text == LongTextRule::kAverage) {
    const auto parts = SplitToEstimate(whole.content, limit, shares_);
    return parts.empty() ? AddInput(whole) : AddParts(whole, parts);
  }
  const std::string_view cut = CutToEstimate(whole.content, limit, shares_);
  if (cut.size() < whole.content.size() && !IsBlank(cut)) {
    whole.content = cut;
    whole.shape = ShapeOf(cut);
    texts_[index].truncated = true;
  }
  AddInput(whole);
}

void SplitJob::AddInput(const Input& input) {
  ++texts_[input.text].unanswered;
  inputs_.push_back(input);
}

void SplitJob::AddParts(const Input& whole, const std::vector<std::string_view>& parts) {
  texts_[whole.text].in_parts = true;
  for (const std::string_view part : parts) {
    AddInput({.text = whole.text,
              .content = part,
              .shape = ShapeOf(part),
              .refused_as_too_long = whole.refused_as_too_long});
  }
}

// A text that has failed because of one part needs no vectors of the others.
void SplitJob::DropFailed(Piece& piece) const {
  std::erase_if(piece.texts, [this](std::size_t index) {
    return texts_[inputs_[index].text].failure.has_value();
  });
}

bool SplitJob::SplitToLimits(const Piece& piece) {
  const BatchLimits limits = context_.limits.Snapshot();
  const TokenEstimate estimate = context_.estimator.Snapshot();
  RequestSize size;
  std::size_t taken = 0;
  for (; taken < piece.texts.size(); ++taken) {
    AddTo(size, piece.texts[taken], estimate);
    if (!Fits(limits, size)) break;
  }
  if (taken == piece.texts.size()) return false;
  work_.SplitAt(piece, taken);
  return true;
}

Result<EmbedReply> SplitJob::Send(Piece& piece) {
  std::vector<std::string> texts;
  texts.reserve(piece.texts.size());
  TextShape shape;
  for (const std::size_t index : piece.texts) {
    texts.emplace_back(inputs_[index].content);
    shape += inputs_[index].shape;
  }
  return context_.sender.Embed({.texts = texts, .task_type = rules_.task_type, .shape = shape},
                               piece.tries, stop_);
}

Status SplitJob::Accept(const Piece& piece, std::vector<Embedding> vectors) {
  std::vector<EmbeddedText> embedded;
  embedded.reserve(vectors.size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const Input& input = inputs_[piece.texts[i]];
    std::optional<Embedding> vector = Outcome(input, std::move(vectors[i]));
    if (!vector) continue;
    embedded.push_back({batch_.texts[input.text].hash,
                        std::make_shared<const Embedding>(*std::move(vector)),
                        texts_[input.text].truncated});
  }
  context_.meter.CountAnswered(embedded.size());
  context_.answered_any = true;
  context_.dealt_with_any = true;
  return embedded.empty() ? Status{} : sink_(embedded);
}

// The vector of the text, if it is complete with this input.
std::optional<Embedding> SplitJob::Outcome(const Input& input, Embedding vector) {
  Text& text = texts_[input.text];
  --text.unanswered;
  if (!text.in_parts) return vector;
  text.mean.Add(vector, static_cast<double>(shares_.TokensIn(input.shape)));
  if (text.unanswered > 0) return std::nullopt;
  std::optional<Embedding> mean = text.mean.Normalized();
  if (!mean) {
    text.failure = Error{.kind = ErrorKind::kBadText,
                         .message = "the vectors of its parts cancel each other out"};
  }
  return mean;
}

Status SplitJob::AfterFailure(Piece piece, const Error& error) {
  if (piece.tries.postponed) {
    work_.Postpone(std::move(piece));
    return {};
  }
  switch (error.kind) {
    case ErrorKind::kBadText:
      return BadText(piece, error);
    case ErrorKind::kTooLong:
      TooLong(piece, error);
      return {};
    case ErrorKind::kTooBig:
      TooBig(piece, error);
      return {};
    case ErrorKind::kTransient:
    case ErrorKind::kUnreachable:
    case ErrorKind::kWrongLength:
      GaveUp(piece, error);
      return {};
    default:
      return error;
  }
}

Status SplitJob::BadText(const Piece& piece, const Error& error) {
  const std::optional<std::size_t> culprit = Culprit(error, piece.texts.size());
  if (!culprit) {
    work_.Bisect(piece);
    return {};
  }
  context_.dealt_with_any = true;
  Fail(piece.texts[*culprit], error);
  work_.PushRest(piece, *culprit);
  return piece.texts.size() == 1 ? RefuseWhenAllAreRefused(error) : Status{};
}

Status SplitJob::RefuseWhenAllAreRefused(const Error& error) {
  if (context_.answered_any) return {};
  if (++context_.refused_alone < kRefusedAloneToStop) return {};
  return Error{.kind = ErrorKind::kRefused,
               .message = fmt::format(
                   "{} refuses every text, so the cause is not in the texts; check model and "
                   "options. Its answer: {}",
                   context_.surroundings.label, error.message)};
}

void SplitJob::TooLong(const Piece& piece, const Error& error) {
  const std::optional<std::size_t> culprit = Culprit(error, piece.texts.size());
  if (!culprit) {
    work_.Bisect(piece);
    return;
  }
  Shorten(piece.texts[*culprit], error);
  work_.PushRest(piece, *culprit);
}

void SplitJob::Shorten(std::size_t index, const Error& error) {
  Input& input = inputs_[index];
  const bool once_more = ++input.refused_as_too_long < kRequestsForLongText;
  if (rules_.on_long_text == LongTextRule::kAverage) {
    if (!once_more || !SplitFiner(index, error)) Fail(index, error);
    return;
  }
  const std::string_view cut = CutAfterRefusal(input.content, error);
  if (!once_more || rules_.on_long_text == LongTextRule::kFail || IsBlank(cut)) {
    Fail(index, error);
    return;
  }
  input.content = cut;
  input.shape = ShapeOf(cut);
  texts_[input.text].truncated = true;
  work_.PushNext({index});
}

// What the other parts of the text have brought stays.
bool SplitJob::SplitFiner(std::size_t index, const Error& error) {
  const Input whole = inputs_[index];
  const auto parts = SplitAfterRefusal(whole.content, error);
  if (parts.empty()) return false;
  --texts_[whole.text].unanswered;
  std::vector<std::size_t> added(parts.size());
  std::iota(added.begin(), added.end(), inputs_.size());
  AddParts(whole, parts);
  work_.PushNext(std::move(added));
  return true;
}

void SplitJob::TooBig(const Piece& piece, const Error& error) {
  if (piece.texts.size() == 1) {
    TooLong(piece, error);
    return;
  }
  context_.limits.Learn(error, SizeOf(piece));
  context_.surroundings.log.Info(
      fmt::format("{} texts are too many for one request, smaller ones "
                  "from now on: {}",
                  piece.texts.size(), error.message));
  // A limit in tokens may fit the estimate although the server refused: then halves are progress.
  if (!SplitToLimits(piece)) work_.Bisect(piece);
}

void SplitJob::GaveUp(const Piece& piece, const Error& error) {
  const bool single = piece.texts.size() == 1;
  // A server that can be reached and has dealt with others is not to blame; else the text gets the
  // attempts of its own, so that an outage shows as one.
  const bool server_works = context_.dealt_with_any && error.kind != ErrorKind::kUnreachable;
  if (single && (piece.alone_at_last || server_works)) {
    Fail(piece.texts.front(), error);
    return;
  }
  work_.PushSingles(piece);
}

void SplitJob::AddTo(RequestSize& size, std::size_t index, const TokenEstimate& estimate) const {
  const TextShape& shape = inputs_[index].shape;
  ++size.texts;
  size.tokens += estimate.TokensIn(shape);
  size.bytes += shape.bytes;
}

RequestSize SplitJob::SizeOf(const Piece& piece) const {
  const TokenEstimate estimate = context_.estimator.Snapshot();
  RequestSize size;
  for (const std::size_t index : piece.texts) AddTo(size, index, estimate);
  return size;
}

void SplitJob::Fail(std::size_t index, Error error) {
  error.item.reset();
  if (error.kind == ErrorKind::kTooBig) error.kind = ErrorKind::kTooLong;
  if (error.kind != ErrorKind::kBadText && error.kind != ErrorKind::kTooLong) {
    error.kind = ErrorKind::kTransient;
  }
  texts_[inputs_[index].text].failure = std::move(error);
}

}  // namespace reembed
