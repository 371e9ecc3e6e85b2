#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "src/io/typesense/errors.h"
#include "src/io/typesense/nodes.h"
#include "src/io/typesense/retry.h"

namespace reembed {

class Activity;
class BodySink;
class HttpTransport;
class Log;
class WaitNotice;
struct HttpRequest;

/// Keeps a series of calls on one node. The client fills it at the first call and moves it when
/// that node cannot be reached or fails a call three times running; whoever reads pages compares
/// it before and after.
using NodePin = std::optional<std::size_t>;

/// Looks at a 2xx answer and takes what it needs (it may change the body). kTransient sends the
/// request again, at most 5 times; other temporary kinds count like a status of that kind.
using AnswerCheck = std::function<Status(HttpResponse&, const AnswerOrigin&)>;

/// What is known of a write that had no answer.
enum class WriteEffect : std::uint8_t {
  kUnknown,   ///< nothing: send it again
  kUnderWay,  ///< the server works on it, or on what it has to wait for: do not send it now
  kThere,     ///< its effect is there
};
/// Finds out. Waits for nothing.
using EffectProbe = std::function<WriteEffect(const StopTokens&)>;

/// One request to whichever node is its turn.
struct TypesenseCall {
  std::string method = "GET";
  std::string target = {};     ///< path and query, encoded, beginning with a slash
  std::string_view body = {};  ///< must live until Send returns
  std::string content_type = {};
  Regime regime = Regime::kRunning;
  bool write = false;                   ///< no time limit; retried for up to 10 s after a drain
  std::string_view what = "an import";  ///< the write, for who waits for its answer
  std::string_view action = {};         ///< the key action it needs, for the error of a 401
  EffectProbe effect = {};              ///< of a write that is better not sent twice
  NodePin* pin = nullptr;
  AnswerCheck check = {};
  BodySink* sink = nullptr;  ///< takes the body of a 2xx, for reads; each attempt begins it anew
};

/// What the client works with; all of it outlives the client.
struct ClientParts {
  HttpTransport& http;
  Clock& clock;
  Activity& activity;
  Log& log;
};

/// Speaks to a Typesense cluster: chooses nodes, marks their health, repeats what is worth it.
/// Health:  an answer of 1–499 makes a node healthy; 500 and above, a timeout or a lost
///          connection unhealthy.
/// Retries: 5xx, lost nodes, 408 and 429 (the server says "later"), and answers that the check
///          finds unusable; see retry.h for how long. Every other 4xx is final.
/// Errors:  those of ErrorFromAnswer; kUnreachable (planning: no node answered; names them all),
///          kOutage (running: patience is over; or the answer stays unusable), kInterrupted.
/// Effect:  a write with a probe is sent again only when the probe knows nothing of it. While it is
///          under way it is waited for without a limit, with or without a connection; a connection
///          that stays silent after that is lost. When its effect is there, Send ends as if it had
///          been answered with an empty 200.
/// Silence: a read fails after 60 s without a byte. A write waits: after every 60 s of silence the
///          node's /health is asked and the activity says so, until the patience is over. A read
///          with a sink waits like a write for its first byte, and fails like a read after it. Its
///          patience counts from the last byte that any attempt has brought.
/// Stop:    `abort` ends everything at once. `drain` cuts no request in flight but those with a
///          sink, which may take hours. It ends the waits between attempts: a read is kInterrupted
///          then; a write tries again at once and goes on, 1 s apart, until 10 s after the drain
///          was noticed, then kInterrupted.
/// Threads: safe to call from several at once.
class TypesenseClient {
 public:
  TypesenseClient(TypesenseConfig config, Millis patience, const ClientParts& parts,
                  Redactor redact);

  Result<HttpResponse> Send(const TypesenseCall& call, const StopTokens& stop);

  /// Asks one node once, whatever its turn and its marks: GET `target`, 5 s at most. The marks stay
  /// as they are. An answer of any status is a success. Nodes are numbered as in hosts().
  Result<HttpResponse> AskNode(std::size_t node, const std::string& target,
                               std::stop_token abort) const;

  /// The wait before a part of a write is sent for the `failures`+1-th time. A drain ends it
  /// without an error; kInterrupted after an abort.
  Status Pause(int failures, std::string_view why, const StopTokens& stop);

  /// Every node's host:port, the nearest last: `a:8108, b:8108`.
  std::string AllHosts() const;
  const std::vector<std::string>& hosts() const { return hosts_; }
  const Redactor& redact() const { return redact_; }
  Log& log() const { return parts_.log; }

 private:
  struct Trouble;  // what has gone wrong with one call so far

  std::size_t Choose(const TypesenseCall& call, const Trouble& trouble);
  void Mark(std::size_t node, bool healthy);
  Result<HttpResponse> Attempt(const TypesenseCall& call, std::size_t node, Trouble& trouble,
                               const StopTokens& stop);
  Result<HttpResponse> SendOnce(const TypesenseCall& call, std::size_t node,
                                const StopTokens& stop);
  Result<HttpResponse> Stream(const TypesenseCall& call, std::size_t node, Trouble& trouble,
                              const StopTokens& stop);
  HttpRequest RequestFor(const TypesenseCall& call, std::size_t node) const;
  bool WaitThrough(Millis silence, std::size_t node, std::string_view what,
                   std::optional<WaitNotice>& notice, const std::stop_token& abort);
  void Announce(Millis silence, std::size_t node, std::string_view what,
                std::optional<WaitNotice>& notice, const std::stop_token& abort);
  Result<bool> WaitForEffect(const Error& error, const TypesenseCall& call, Trouble& trouble,
                             const StopTokens& stop);
  std::string Health(std::size_t node, std::stop_token abort);
  Status WaitAfter(const Error& error, const TypesenseCall& call, Trouble& trouble,
                   const StopTokens& stop);
  Status WaitWriting(Millis wait, Trouble& trouble, const StopTokens& stop);
  Error GiveUp(const TypesenseCall& call, const Trouble& trouble) const;

  const TypesenseConfig config_;
  const Millis patience_;
  const ClientParts parts_;
  const Redactor redact_;
  std::vector<std::string> urls_;   // the nearest node last
  std::vector<std::string> hosts_;  // of the same nodes
  Mutex mutex_;
  NodeChooser chooser_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
