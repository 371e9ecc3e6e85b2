// The collection that the kill harness works with, and what must have come of it.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "fixture.h"
#include "kill_application.h"
#include "kill_shooter.h"

namespace reembed::testing {

/// Of the old vectors.
inline constexpr int kKillOldLength = 16;
/// This document keeps its vector whatever happens, so searches can ask for its neighbours.
inline constexpr const char* kSpared = "d1";

/// A collection with title, note, n, is_default and the vector field, whose attributes are not the
/// defaults; JSON.
std::string KillSchema(const std::string& name);

/// Documents `d0`, `d1`, … as JSON lines. Some share a text; the vectors have the spellings that
/// are found in the wild, some have none. `outside`: every fifth has is_default.
std::string KillDocuments(Random& random, std::size_t count, bool outside);

/// The account of what an export holds.
KeptDocuments KeptOf(const std::string& exported);

/// An export's lines by id.
std::map<std::string, std::string> LinesById(const std::string& exported);

/// A collection's description without what is its own or changes by itself; with this length of the
/// vector field. Fields by name.
std::string ComparableSchema(const std::string& description, int length);

/// Empty, or what is wrong. Every document of `kept` and no other; without the vector those that
/// were not touched are byte for byte as in `before`, the others as kept.
std::string ContentProblem(const std::string& exported, const std::string& before,
                           const KeptDocuments& kept, const std::set<std::string>& touched);
/// Those that are to have a vector have that of their text, the others none; or also that of their
/// text, if they were made anew while the vector of an earlier one was on its way.
std::string VectorProblem(const std::string& exported, const KeptDocuments& kept,
                          const std::set<std::string>& touched, int length);
/// Those that were not touched are byte for byte as in `before`, vector and all.
std::string RestoredProblem(const std::string& exported, const std::string& before,
                            const std::set<std::string>& touched);

}  // namespace reembed::testing
