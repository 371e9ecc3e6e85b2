#include "secrets_in_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace reembed {
namespace {

constexpr std::string_view kTypesenseKey = "TYPESENSE_API_KEY";

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// Whether a word of the text begins with `prefix` and goes on for at least `length` characters.
bool HasWord(std::string_view text, std::string_view prefix, std::size_t length) {
  for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
    if (at > 0 && IsWordCharacter(text[at - 1])) continue;
    const std::string_view rest = text.substr(at + prefix.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), IsWordCharacter);
    if (static_cast<std::size_t>(end - rest.begin()) >= length) return true;
  }
  return false;
}

bool HasUserInfo(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?# ")).find('@') != std::string_view::npos;
}

// `api_key`, `apiKey` and `API-KEY` are one name.
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == '.' || c == ' ') continue;
    folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

bool IsSecretName(std::string_view key, const std::vector<std::string>& variables) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "key", "token", "secret", "password", "passwd", "authorization", "bearer"};
  static constexpr std::array<std::string_view, 6> kEndings = {"apikey", "accesskey", "secretkey",
                                                               "token",  "secret",    "password"};
  const std::string name = Folded(key);
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  if (std::any_of(kEndings.begin(), kEndings.end(),
                  [&](std::string_view ending) { return name.ends_with(ending); })) {
    return true;
  }
  return std::any_of(variables.begin(), variables.end(),
                     [&](const std::string& variable) { return Folded(variable) == name; });
}

std::vector<std::string> SecretVariables(const ProviderSpec& spec) {
  std::vector<std::string> names;
  for (const VariableSpec& variable : spec.variables) {
    if (variable.secret) names.insert(names.end(), variable.names.begin(), variable.names.end());
  }
  return names;
}

class Search {
 public:
  Search(const std::string& file, const std::vector<ProviderSpec>& providers,
         std::vector<std::string>& problems)
      : file_(file), providers_(providers), problems_(problems) {
    for (const ProviderSpec& spec : providers) {
      for (std::string& name : SecretVariables(spec)) variables_.push_back(std::move(name));
    }
    variables_.emplace_back(kTypesenseKey);
  }

  void Visit(JsonValue& value, std::string_view parent) {
    const bool collection = parent == "/collections" && value.type == JsonValue::Type::kObject;
    if (LooksLikeSecret(value.key) || (!collection && IsSecretName(value.key, variables_))) {
      Refuse(value, "a secret does not belong in a config file");
    } else if (value.type == JsonValue::Type::kString && LooksLikeSecret(value.text)) {
      Refuse(value, "the value looks like a secret, which does not belong in a config file");
    } else {
      for (JsonValue& child : value.children) Visit(child, value.pointer);
    }
  }

 private:
  void Refuse(JsonValue& value, std::string_view what) {
    value.refused = true;
    problems_.push_back(
        fmt::format("{}: {}: {}; remove it and set {} in the environment or in .env", file_,
                    value.pointer, what, fmt::join(Advice(value.pointer), " or ")));
  }

  std::vector<std::string> Advice(std::string_view pointer) const {
    if (pointer.starts_with("/typesense")) return {std::string(kTypesenseKey)};
    for (const ProviderSpec& spec : providers_) {
      const bool section = pointer.starts_with("/embedding/" + spec.family + "/");
      std::vector<std::string> own = SecretVariables(spec);
      if (section && !own.empty()) return own;
    }
    return variables_;
  }

  const std::string& file_;
  const std::vector<ProviderSpec>& providers_;
  std::vector<std::string>& problems_;
  std::vector<std::string> variables_;
};

}  // namespace

bool LooksLikeSecret(std::string_view text) {
  return HasWord(text, "sk-", 8) || HasWord(text, "AIza", 16) || HasUserInfo(text);
}

void RefuseSecrets(const std::string& file, const std::vector<ProviderSpec>& providers,
                   JsonValue& root, std::vector<std::string>& problems) {
  Search(file, providers, problems).Visit(root, {});
}

}  // namespace reembed
