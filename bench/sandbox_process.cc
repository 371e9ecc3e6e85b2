#include "sandbox_process.h"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <httplib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <random>
#include <stdexcept>

namespace reembed::bench {
namespace {

// The last line of the settings.
constexpr const char* kLastVariable = "GOOGLE_GEMINI_BASE_URL";
constexpr int kSecondsToAnswer = 300;

[[noreturn]] void Exec(std::vector<std::string>& command, int out) {
  // Whatever ends the measurement ends its server as well.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  dup2(out, STDOUT_FILENO);
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  execv(words.front(), words.data());
  _exit(127);
}

void Require(const httplib::Result& answer, const std::string& what) {
  if (!answer) throw std::runtime_error(what + ": " + httplib::to_string(answer.error()));
  if (answer->status < 300 && answer->body.find("\"success\":false") == std::string::npos) return;
  throw std::runtime_error(what + ": " + answer->body.substr(0, 300));
}

}  // namespace

SandboxProcess::SandboxProcess(std::vector<std::string> command) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  pid_ = fork();
  if (pid_ == 0) Exec(command, ends[1]);
  close(ends[1]);
  ReadVariables(ends[0]);
  close(ends[0]);
  if (!variables_.contains(kLastVariable)) {
    throw std::runtime_error(command.front() + " did not start");
  }
}

SandboxProcess::~SandboxProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

void SandboxProcess::ReadVariables(int fd) {
  std::string line;
  char c = 0;
  while (!variables_.contains(kLastVariable) && read(fd, &c, 1) == 1) {
    if (c != '\n') {
      line += c;
      continue;
    }
    const auto equals = line.find('=');
    if (equals != std::string::npos) variables_[line.substr(0, equals)] = line.substr(equals + 1);
    line.clear();
  }
}

void FillCollection(const std::map<std::string, std::string>& variables,
                    const std::string& collection, std::size_t dimensions,
                    const std::vector<std::string>& imports) {
  httplib::Client client(variables.at("TYPESENSE_HOST"), std::stoi(variables.at("TYPESENSE_PORT")));
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_read_timeout(kSecondsToAnswer);
  client.set_default_headers({{"X-TYPESENSE-API-KEY", variables.at("TYPESENSE_API_KEY")}});
  const std::string path = "/collections/" + collection;
  client.Delete(path);  // not there the first time
  const std::string schema =
      fmt::format(R"({{"name":"{}","fields":[{{"name":"title","type":"string"}},)"
                  R"({{"name":"vec","type":"float[]","num_dim":{}}}]}})",
                  collection, dimensions);
  Require(client.Post("/collections", schema, "application/json"), "new collection");
  for (const std::string& lines : imports) {
    Require(client.Post(path + "/documents/import", lines, "text/plain"), "import");
  }
}

std::vector<std::string> OldDocuments(std::size_t documents, std::size_t dimensions,
                                      std::size_t per_import) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> element(-0.1F, 0.1F);
  std::vector<std::string> imports;
  for (std::size_t i = 0; i < documents; ++i) {
    if (i % per_import == 0) imports.emplace_back();
    auto out = std::back_inserter(imports.back());
    fmt::format_to(out, R"({{"id":"d{}","title":"orders of region {} by month","vec":[)", i, i);
    for (std::size_t k = 0; k < dimensions; ++k) {
      fmt::format_to(out, FMT_COMPILE("{}{}"), k == 0 ? "" : ",", element(random));
    }
    imports.back() += "]}\n";
  }
  return imports;
}

}  // namespace reembed::bench
