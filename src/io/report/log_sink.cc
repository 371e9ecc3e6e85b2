#include "log_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "terminal.h"

namespace reembed {
namespace {

constexpr mode_t kOwnerOnly = 0600;

// The terminal has a mutex of its own, so spdlog needs none here.
class TerminalSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit TerminalSink(Terminal& terminal) : terminal_(terminal) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    terminal_.PrintLine(
        fmt::format("{}: {}", std::string_view(level.data(), level.size()),
                    std::string_view(message.payload.data(), message.payload.size())));
  }
  void flush_() override {}

 private:
  Terminal& terminal_;
};

spdlog::level::level_enum LevelOf(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::kErrors:
      return spdlog::level::err;
    case Verbosity::kWarnings:
      return spdlog::level::warn;
    case Verbosity::kInfo:
      return spdlog::level::info;
    case Verbosity::kDebug:
      break;
  }
  return spdlog::level::debug;
}

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

Error CannotOpen(const std::string& path, std::string_view why) {
  return {ErrorKind::kLocal,
          fmt::format("cannot open the log file {}: {}; choose another file with --log-file", path,
                      why)};
}

// spdlog would create the file with the umask's mode, and missing directories too.
Status PrepareFile(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) return CannotOpen(path, std::generic_category().message(errno));
  struct stat info = {};
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) fchmod(fd, kOwnerOnly);
  close(fd);
  return {};
}

Result<spdlog::sink_ptr> OpenFile(const std::string& path) {
  if (const Status prepared = PrepareFile(path); !prepared.ok()) return prepared.error();
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    sink->set_level(spdlog::level::debug);
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    return spdlog::sink_ptr(std::move(sink));
  } catch (const spdlog::spdlog_ex& trouble) {
    return CannotOpen(path, trouble.what());
  }
}

class SpdLog final : public Log {
 public:
  SpdLog(std::vector<spdlog::sink_ptr> sinks, Terminal& terminal)
      : terminal_(terminal), logger_("reembed", sinks.begin(), sinks.end()) {
    logger_.set_level(spdlog::level::debug);
    logger_.flush_on(spdlog::level::debug);
    logger_.set_error_handler([this](const std::string& trouble) {
      if (failed_.exchange(true)) return;
      terminal_.PrintLine("error: the log cannot be written: " + trouble);
    });
  }

  void Write(LogLevel level, std::string_view message) override {
    const std::string clean = terminal_.Clean(message);
    logger_.log(LevelOf(level), spdlog::string_view_t(clean.data(), clean.size()));
  }

 private:
  Terminal& terminal_;
  std::atomic<bool> failed_ = false;  // said once
  spdlog::logger logger_;
};

}  // namespace

Result<std::unique_ptr<Log>> MakeLog(const LogOptions& options, Terminal& terminal) {
  std::vector<spdlog::sink_ptr> sinks = {std::make_shared<TerminalSink>(terminal)};
  sinks.front()->set_level(LevelOf(options.verbosity));
  if (!options.file.empty()) {
    auto file = OpenFile(options.file);
    if (!file.ok()) return file.error();
    sinks.push_back(std::move(file).value());
  }
  return std::unique_ptr<Log>(std::make_unique<SpdLog>(std::move(sinks), terminal));
}

}  // namespace reembed
