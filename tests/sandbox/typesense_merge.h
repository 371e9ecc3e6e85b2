#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace reembed::sandbox {

// Puts one key of an update into a stored object; see Document::Merge for the rules.
void MergeKey(nlohmann::json& stored, const std::string& key, nlohmann::json&& value, bool nested);

// Whether the first part of a dotted key is an object (or array) of the document.
bool PointsIntoObject(const nlohmann::json& stored, const std::string& key);

// The values at a dotted path, looked up through objects and through the elements of arrays of
// objects; a literal key with dots in its name is found too. Several only below an array.
std::vector<nlohmann::json*> ValuesAt(nlohmann::json& object, const std::string& path);
std::vector<const nlohmann::json*> ValuesAt(const nlohmann::json& object, const std::string& path);

// Removes the value at a dotted path, or the literal key of that name.
void ErasePath(nlohmann::json& object, const std::string& path);

}  // namespace reembed::sandbox
