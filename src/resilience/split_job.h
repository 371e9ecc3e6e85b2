#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "src/resilience/with_split.h"
#include "src/resilience/work_queue.h"

namespace reembed {

/// One call of WithSplit: a queue of pieces (some texts of the batch, each piece one request) that
/// starts with the whole batch and ends when every text has an outcome.
///   too big       → smaller pieces, under the limit just learned
///   bad, too long → the text the answer names, or halves until it is found; cut or failed
///   gave up       → single texts, with attempts of their own
///   circuit open  → halves, to the end of the queue: whichever half is sound closes the circuit
/// The vectors of each answer go to the sink before the next piece is sent. One thread.
class SplitJob {
 public:
  /// All of them outlive this object.
  SplitJob(SplitContext& context, const Batch& batch, const EmbedRules& rules,
           const VectorSink& sink, const StopTokens& stop);

  /// Once. Errors: those that end the run (see Embedder).
  Result<std::vector<TextFailure>> Run();

 private:
  struct Text {
    std::string_view text;  // of the batch; shorter when cut
    bool truncated = false;
    int refused_as_too_long = 0;
    std::optional<Error> failure = {};
  };

  void Prepare(Text& text);
  bool SplitToLimits(const Piece& piece);
  Result<EmbedReply> Send(Piece& piece);
  Status Accept(const Piece& piece, std::vector<Embedding> vectors);

  Status AfterFailure(Piece piece, const Error& error);
  Status BadText(const Piece& piece, const Error& error);
  Status RefuseWhenAllAreRefused(const Error& error);
  void TooLong(const Piece& piece, const Error& error);
  void Shorten(std::size_t index, const Error& error);
  void TooBig(const Piece& piece, const Error& error);
  void GaveUp(const Piece& piece, const Error& error);

  void AddTo(RequestSize& size, std::size_t index, const TokenEstimate& estimate) const;
  RequestSize SizeOf(const Piece& piece) const;
  void Fail(std::size_t index, Error error);

  SplitContext& context_;
  const Batch& batch_;
  const EmbedRules& rules_;
  const VectorSink& sink_;
  const StopTokens& stop_;
  std::vector<Text> texts_;
  WorkQueue work_;
};

}  // namespace reembed
