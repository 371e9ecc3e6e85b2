#pragma once

#include <sys/resource.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/program.h"
#include "tests/support/temp_folder.h"

namespace reembed::bench {

/// What a piece of work took.
struct Cost {
  double wall = 0;  ///< seconds
  double cpu = 0;   ///< seconds, of user and system
  long peak_kilobytes = 0;
};

double WallSeconds();     ///< of a clock that never goes back
double ProcessSeconds();  ///< CPU time of this process so far, all threads
double ThreadSeconds();   ///< CPU time of this thread so far
double Seconds(const timeval& time);

/// The value that `share` of them do not exceed.
double Quantile(std::vector<double> values, double share);

/// A folder with a reembed.json for the sink's documents.
struct Folder : testing::TempFolder {
  explicit Folder(const std::string& config) { Write("reembed.json", config); }
};

/// Runs `work` in a child process whose output goes to `log`. Throws std::runtime_error with the
/// log when it does not return 0.
Cost InChild(const std::string& log, const std::function<int()>& work);

using Variables = std::map<std::string, std::string>;

/// The program in a child process, in `folder`, with these variables and no others.
Cost RunProgramIn(const Folder& folder, const Variables& variables,
                  const std::vector<std::string>& arguments, const ProgramParts& parts);

}  // namespace reembed::bench
