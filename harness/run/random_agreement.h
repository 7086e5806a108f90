// Whether two servers answered the same command alike.
#pragma once

#include <string>
#include <vector>

#include "run/random_templates.h"
#include "target/target.h"

namespace modcert::run {

// What came of a command on one target, kept.
struct Answer {
  target::Outcome::Kind kind = target::Outcome::Kind::kNothing;
  std::string raw;  // of a reply: the bytes
};

// `queued` is how far each reply of an EXEC must agree, and empty for any other command.
bool Agree(const Answer& left, const Answer& right, Agreement agreement,
           const std::vector<Agreement>& queued);

// The answer for a person to read.
std::string Show(const Answer& answer);

}  // namespace modcert::run
