#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "doctor_checks.h"

namespace reembed {
namespace {

constexpr std::uint64_t kLeastFree = 500'000'000;
// The store writes a changed document twice, into its log and its table, as text of about 12 bytes
// a component: six times its float32.
constexpr std::uint64_t kDiskPerIndexByte = 6;
constexpr int kFirstMinor = 25;  // of 0.x
constexpr int kFirstMajor = 26;
constexpr int kLastMajor = 30;

enum class VersionAge { kUnknown, kOld, kKnown, kNewer };

int NumberAt(std::string_view text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// `0.25.2`, `29.0`, `30.1`; a leading `v` does not matter.
VersionAge AgeOf(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const int major = NumberAt(version);
  if (major < 0) return VersionAge::kUnknown;
  if (major == 0) {
    const auto dot = version.find('.');
    if (dot == std::string_view::npos) return VersionAge::kUnknown;
    return NumberAt(version.substr(dot + 1)) >= kFirstMinor ? VersionAge::kKnown : VersionAge::kOld;
  }
  if (major < kFirstMajor) return VersionAge::kUnknown;
  return major <= kLastMajor ? VersionAge::kKnown : VersionAge::kNewer;
}

DoctorLine VersionWarning(const std::string& version, VersionAge age) {
  if (age == VersionAge::kOld) {
    return {DoctorLevel::kWarning,
            fmt::format("Typesense {} is older than 0.25, with which reembed is known to work",
                        version),
            "upgrade Typesense, or try on a copy first"};
  }
  return {DoctorLevel::kWarning,
          fmt::format("Typesense {} is none of the versions that reembed is known to work with "
                      "(0.25 to 30)",
                      version),
          "look for a newer reembed, or try on a copy first"};
}

void AddVersions(const std::vector<NodeStatus>& nodes, DoctorLines& lines) {
  std::set<std::string> versions;
  for (const NodeStatus& node : nodes) {
    if (node.healthy && !node.version.empty()) versions.insert(node.version);
  }
  if (versions.empty()) {
    lines.push_back({DoctorLevel::kWarning, "the version of Typesense is not known",
                     "give the key debug:list; without it the careful choices are taken"});
  }
  if (versions.size() > 1) {
    lines.push_back({DoctorLevel::kWarning,
                     fmt::format("the nodes run different versions: {}", fmt::join(versions, ", ")),
                     "finish the upgrade of the cluster before a run"});
  }
  for (const std::string& version : versions) {
    const VersionAge age = AgeOf(version);
    if (age != VersionAge::kKnown) lines.push_back(VersionWarning(version, age));
  }
}

DoctorLine NodeLine(const NodeStatus& node) {
  const std::string version =
      node.version.empty() ? std::string() : fmt::format(", version {}", node.version);
  if (!node.healthy) {
    return {DoctorLevel::kWarning,
            fmt::format("node {} is not healthy: {}", node.url,
                        node.trouble.empty() ? "it does not say why" : node.trouble),
            "bring it back, or take it out of TYPESENSE_NODES"};
  }
  if (!node.trouble.empty()) {
    return {DoctorLevel::kWarning, fmt::format("node {}: {}", node.url, node.trouble),
            "give the node more memory or disk before a run"};
  }
  return {DoctorLevel::kOk, fmt::format("node {} is healthy{}", node.url, version), ""};
}

DoctorLine NoHealthyNode(const std::vector<NodeStatus>& nodes) {
  std::vector<std::string> reasons;
  reasons.reserve(nodes.size());
  for (const NodeStatus& node : nodes) {
    reasons.push_back(fmt::format(
        "{}: {}", node.url, node.trouble.empty() ? std::string("not healthy") : node.trouble));
  }
  return {DoctorLevel::kProblem,
          fmt::format("Typesense: no node is healthy ({})", fmt::join(reasons, "; ")),
          "check TYPESENSE_HOST, TYPESENSE_PORT and TYPESENSE_PROTOCOL (or TYPESENSE_NODES), and "
          "that the server runs"};
}

void AddShortage(const NodeStatus& node, std::string_view what,
                 const std::optional<std::uint64_t>& free, std::uint64_t needed,
                 DoctorLines& lines) {
  if (!free || *free >= needed) return;
  lines.push_back({DoctorLevel::kWarning,
                   fmt::format("node {} has {} of {} left; a run may need {}", node.url,
                               SizeText(*free), what, SizeText(needed)),
                   fmt::format("give the node more {}", what)});
}

}  // namespace

bool AnyHealthy(const std::vector<NodeStatus>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const NodeStatus& node) { return node.healthy; });
}

DoctorLines NodeLines(const std::vector<NodeStatus>& nodes) {
  if (!AnyHealthy(nodes)) return {NoHealthyNode(nodes)};
  DoctorLines lines;
  for (const NodeStatus& node : nodes) lines.push_back(NodeLine(node));
  AddVersions(nodes, lines);
  return lines;
}

DoctorLines HeadroomLines(const std::vector<NodeStatus>& nodes, std::uint64_t index_bytes) {
  DoctorLines lines;
  bool known = false;
  for (const NodeStatus& node : nodes) {
    if (!node.healthy) continue;
    known = known || node.memory_free_bytes || node.disk_free_bytes;
    AddShortage(node, "memory", node.memory_free_bytes, std::max(kLeastFree, index_bytes), lines);
    AddShortage(node, "disk", node.disk_free_bytes,
                std::max(kLeastFree, kDiskPerIndexByte * index_bytes), lines);
  }
  if (!known) {
    lines.push_back({DoctorLevel::kWarning, "free memory and disk of the nodes are not known",
                     "give the key metrics.json:list, or look at them before a run"});
  }
  if (lines.empty()) lines.push_back({DoctorLevel::kOk, "the nodes have memory and disk left", ""});
  return lines;
}

}  // namespace reembed
