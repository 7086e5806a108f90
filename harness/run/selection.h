// Which scenarios of which files a run carries out.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "spec/spec.h"

namespace modcert::run {

// One scenario to run. Points into the files it was picked from.
struct Pick {
  const spec::SpecFile* file = nullptr;
  const spec::Scenario* scenario = nullptr;
};

struct Selection {
  std::string filter;  // regular expression, found anywhere in the scenario's name; empty is all
  int shard_index =
      0;  // of shard_count: every shard_count-th scenario of those that the filter left
  int shard_count = 1;
};

// The scenarios to run, in the order of files and scenarios. Fails when the filter is no regular
// expression or the shard is out of range.
Result<std::vector<Pick>> Select(const std::vector<spec::SpecFile>& files,
                                 const Selection& selection);

// "2/5" (the second of five) as index and count.
Result<Selection> ParseShard(const std::string& text);

// A regular expression that finds exactly this name.
std::string ExactFilter(const std::string& name);

}  // namespace modcert::run
