#pragma once

#include <string>
#include <vector>

#include "reembed/core/config.h"
#include "variables.h"

namespace reembed {

/// Puts the `TYPESENSE_*` variables over what the file says: TYPESENSE_NODES, else the single node
/// of host, port and protocol if one of them is set, else the file's nodes, else localhost.
void ReadTypesenseVariables(const VariableSource& variables, TypesenseConfig& typesense,
                            std::vector<std::string>& problems);

/// Why a value cannot travel in an HTTP header, or nothing. Never quotes it.
std::string HeaderValueProblem(const std::string& value, bool blanks_allowed);

}  // namespace reembed
