#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "src/resilience/mean_vector.h"
#include "src/resilience/with_split.h"
#include "src/resilience/work_queue.h"

namespace reembed {

/// One call of WithSplit: a queue of pieces (some inputs, each piece one request) that starts with
/// the whole batch and ends when every text has an outcome. An input is a text; with the rule
/// `average` a long text makes several, whose vectors are gathered here until the last has come.
///   too big       → smaller pieces, under the limit just learned
///   bad, too long → the input the answer names, or halves until it is found; then it is cut, made
///                   into smaller parts, or its text fails, and with it all its parts
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
  struct Input {
    std::size_t text = 0;  // the place in the batch
    std::string_view content;
    TextShape shape;
    int refused_as_too_long = 0;
  };
  struct Text {
    bool truncated = false;
    bool in_parts = false;
    std::size_t unanswered = 0;  // inputs
    MeanVector mean;             // of the parts answered
    std::optional<Error> failure = {};
  };

  void Prepare(std::size_t index);
  void AddInput(const Input& input);
  void AddParts(const Input& whole, const std::vector<std::string_view>& parts);
  void DropFailed(Piece& piece) const;
  bool SplitToLimits(const Piece& piece);
  Result<EmbedReply> Send(Piece& piece);
  Status Accept(const Piece& piece, std::vector<Embedding> vectors);
  std::optional<Embedding> Outcome(const Input& input, Embedding vector);

  Status AfterFailure(Piece piece, const Error& error);
  Status BadText(const Piece& piece, const Error& error);
  Status RefuseWhenAllAreRefused(const Error& error);
  void TooLong(const Piece& piece, const Error& error);
  void Shorten(std::size_t index, const Error& error);
  bool SplitFiner(std::size_t index, const Error& error);
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
  const TokenEstimate shares_;  // of the parts: one estimate for all of a call
  std::vector<Text> texts_;     // as in the batch
  std::vector<Input> inputs_;   // what pieces count; those cut into parts are used no more
  WorkQueue work_;
};

}  // namespace reembed
