// Writes expectations from what a target answered: for authors of specs, who send commands to a
// real server first and read what it says afterwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resp/value.h"
#include "run/scenario_run.h"
#include "spec/spec.h"

namespace modcert::run {

// A reply as the JSON that expects it: `7`, `"x"`, `{"$simple": "OK"}`, `{"$error": "ERR ..."}`.
std::string ExpectationFor(const resp::Value& value);

// What one scenario was answered.
struct RecordedScenario {
  const spec::Scenario* scenario = nullptr;
  std::vector<StepRecord> records;
};

// The source of the spec file with expectations replaced: those that are missing, and plain ones
// that the reply does not meet. Matchers that are looser than plain JSON stay as they are, and so
// does everything else, to the byte.
std::string WithRecordedReplies(std::string_view source,
                                const std::vector<RecordedScenario>& recorded);

}  // namespace modcert::run
