#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reembed::sandbox {

using Params = std::map<std::string, std::string>;

// A request target, taken apart as the server does it: split on `?` and then on `/` (empty
// segments dropped), each segment and each query value decoded for itself, with `+` as a space.
// Of repeated keys the last wins, but several `filter_by` are joined with `&&`.
// Source: tests/data/transcripts/09-documents.json, 02-collections.json (final and double slash).
struct Target {
  std::vector<std::string> raw_segments;  // routes are compared with these
  std::vector<std::string> segments;      // decoded
  Params params;
  std::string_view path;   // of the text parsed
  std::string_view query;  // with its `?`; "" if there is none
};

// The views point into `target`.
Target ParseTarget(std::string_view target);

// The value of a parameter, or `fallback` if it was not given.
std::string Param(const Params& params, const std::string& key, const std::string& fallback = "");

// Splits on a character; empty parts are kept only if asked for.
std::vector<std::string> Split(std::string_view text, char separator, bool keep_empty = false);

// Without the spaces at both ends.
std::string Trim(std::string_view text);

}  // namespace reembed::sandbox
