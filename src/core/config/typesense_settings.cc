#include "typesense_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "reembed/base/text.h"
#include "suggest.h"
#include "url.h"

namespace reembed {
namespace {

class NodeReader {
 public:
  NodeReader(const VariableSource& variables, std::vector<std::string>& problems)
      : variables_(variables), problems_(problems) {}

  // Empty when no variable names a node.
  std::vector<std::string> Read() {
    if (const auto nodes = variables_.Find("TYPESENSE_NODES")) return ReadList(*nodes);
    const auto host = variables_.Find("TYPESENSE_HOST");
    const auto port = variables_.Find("TYPESENSE_PORT");
    const auto protocol = variables_.Find("TYPESENSE_PROTOCOL");
    if (!host && !port && !protocol) return {};
    return {fmt::format("{}://{}:{}", Protocol(protocol), Host(host), Port(port))};
  }

 private:
  std::vector<std::string> ReadList(const Variable& list) {
    std::vector<std::string> urls;
    std::string_view rest = list.value;
    for (std::size_t number = 1;; ++number) {
      const auto comma = rest.find(',');
      const std::string_view item = Trimmed(rest.substr(0, comma), kAsciiBlanks);
      const Result<std::string> url = ParseBaseUrl(item);
      if (url.ok()) {
        AddOnce(list.where, *url, urls);
      } else {
        problems_.push_back(fmt::format("{}: node {}: {}{}; expected URLs separated by commas",
                                        list.where, number, url.error().message, UrlFound(item)));
      }
      if (comma == std::string_view::npos) return urls;
      rest.remove_prefix(comma + 1);
    }
  }

  void AddOnce(const std::string& where, const std::string& url, std::vector<std::string>& urls) {
    if (std::find(urls.begin(), urls.end(), url) != urls.end()) {
      problems_.push_back(fmt::format("{}: {} is named twice", where, url));
    } else {
      urls.push_back(url);
    }
  }

  std::string Host(const std::optional<Variable>& host) {
    if (!host) return "localhost";
    if (host->value.find("://") != std::string::npos) {
      problems_.push_back(host->where +
                          ": must be a bare host without http:// or https://; set "
                          "TYPESENSE_PROTOCOL and TYPESENSE_PORT, or TYPESENSE_NODES "
                          "to whole URLs");
      return {};
    }
    const Status checked = CheckHost(host->value);
    if (!checked.ok()) {
      problems_.push_back(
          fmt::format("{}: {}; a port goes to TYPESENSE_PORT, and an IPv6 address "
                      "stands in brackets",
                      host->where, checked.error().message));
    }
    return host->value;
  }

  int Port(const std::optional<Variable>& port) {
    if (!port) return 8108;
    const std::optional<int> number = WholeNumber(port->value, 1, 65'535);
    if (!number) {
      problems_.push_back(fmt::format("{}: expected a port from 1 to 65535, found {}", port->where,
                                      Quoted(port->value)));
    }
    return number.value_or(0);
  }

  std::string Protocol(const std::optional<Variable>& protocol) {
    std::string lower = protocol ? Lower(protocol->value) : "http";
    if (lower != "http" && lower != "https") {
      problems_.push_back(fmt::format("{}: found {}; allowed: http, https", protocol->where,
                                      Quoted(protocol->value)));
    }
    return lower;
  }

  const VariableSource& variables_;
  std::vector<std::string>& problems_;
};

}  // namespace

std::string HeaderValueProblem(const std::string& value, bool blanks_allowed) {
  const char lowest = blanks_allowed ? ' ' : '!';
  const bool fits =
      std::all_of(value.begin(), value.end(), [&](char c) { return c >= lowest && c < 0x7F; });
  if (fits) return {};
  if (Trimmed(value, kAsciiBlanks).size() < value.size()) {
    return "begins or ends with a blank or a line break; take it away";
  }
  return blanks_allowed ? "must consist of printable ASCII characters"
                        : "must consist of printable ASCII characters without blanks";
}

void ReadTypesenseVariables(const VariableSource& variables, TypesenseConfig& typesense,
                            std::vector<std::string>& problems) {
  std::vector<std::string> nodes = NodeReader(variables, problems).Read();
  if (!nodes.empty()) typesense.nodes = std::move(nodes);
  if (typesense.nodes.empty()) typesense.nodes = {"http://localhost:8108"};

  const auto key = variables.Find("TYPESENSE_API_KEY");
  if (!key) {
    problems.emplace_back("TYPESENSE_API_KEY is missing: set it in the environment or in .env");
    return;
  }
  const std::string problem = HeaderValueProblem(key->value, false);
  if (!problem.empty()) problems.push_back(fmt::format("{}: {}", key->where, problem));
  typesense.api_key = Secret(key->value);
}

}  // namespace reembed
