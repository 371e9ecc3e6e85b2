#include "template_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reembed/core/source_text.h"

namespace reembed {
namespace {

Error Broken(std::size_t at, std::string_view why) {
  return Error{
      .kind = ErrorKind::kUsage,
      .message = fmt::format("{} at character {}; a brace itself is written twice", why, at + 1)};
}

}  // namespace

Status WalkTemplate(std::string_view text_template,
                    const std::function<void(std::string_view)>& on_text,
                    const std::function<void(std::string_view)>& on_field) {
  for (std::size_t at = 0; at < text_template.size();) {
    const std::string_view rest = text_template.substr(at);
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
      on_text(rest.substr(0, 1));
      at += 2;
    } else if (rest.front() == '}') {
      return Broken(at, "a closing brace without an opening one");
    } else if (rest.front() == '{') {
      const auto end = rest.find('}');
      if (end == std::string_view::npos)
        return Broken(at, "an opening brace without a closing one");
      const std::string_view name = rest.substr(1, end - 1);
      if (name.empty() || name.find('{') != std::string_view::npos) {
        return Broken(at, "no field name between braces");
      }
      on_field(name);
      at += end + 1;
    } else {
      const auto length = std::min(rest.find_first_of("{}"), rest.size());
      on_text(rest.substr(0, length));
      at += length;
    }
  }
  return {};
}

Result<std::vector<std::string>> TemplateFields(std::string_view text_template) {
  std::vector<std::string> fields;
  const Status walked = WalkTemplate(
      text_template, [](std::string_view) {},
      [&](std::string_view name) {
        if (std::find(fields.begin(), fields.end(), name) == fields.end())
          fields.emplace_back(name);
      });
  if (!walked.ok()) return walked.error();
  return fields;
}

}  // namespace reembed
