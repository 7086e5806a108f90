#include "run/selection.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdio>

namespace modcert::run {

Result<std::vector<Pick>> Select(const std::vector<spec::SpecFile>& files,
                                 const Selection& selection) {
  const RE2 filter(selection.filter, RE2::Quiet);
  if (!filter.ok()) {
    return Fail("--filter", "wrong regular expression: " + filter.error());
  }
  std::vector<Pick> picks;
  int index = 0;
  for (const spec::SpecFile& file : files) {
    for (const spec::Scenario& scenario : file.scenarios) {
      if (!RE2::PartialMatch(scenario.name, filter)) continue;
      if (index++ % selection.shard_count != selection.shard_index) continue;
      picks.push_back({.file = &file, .scenario = &scenario});
    }
  }
  return picks;
}

Result<Selection> ParseShard(const std::string& text) {
  int number = 0;
  int count = 0;
  int end = 0;
  const bool parsed = std::sscanf(text.c_str(), "%d/%d%n", &number, &count, &end) == 2;
  if (!parsed || static_cast<size_t>(end) != text.size() || number < 1 || number > count) {
    return Fail("--shard", fmt::format("'{}' is no shard", text), "write I/N with I from 1 to N");
  }
  return Selection{.filter = {}, .shard_index = number - 1, .shard_count = count};
}

std::string ExactFilter(const std::string& name) {
  std::string out = "^";
  for (const char c : name) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out + "$";
}

}  // namespace modcert::run
