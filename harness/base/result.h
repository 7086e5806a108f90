// A value or the reason why there is none. Steps that can fail because of the user or the world (a
// missing file, a wrong spec) return Result<T>; the caller handles the error on the line where it
// sees it. Errors of a client are replies, errors of a module are findings, and errors of modcert
// itself end in Require() (require.h).
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace modcert {

// What went wrong, where, and what the user can do about it. `place` is a file, a file with line
// and column, or an option; `remedy` may be empty when the problem says it all.
struct Error {
  std::string place;
  std::string problem;
  std::string remedy;

  // "specs/a.json:3:7: unknown step 'sned' (did you mean 'send'?)"
  std::string ToString() const;
};

template <typename T>
using Result = tl::expected<T, Error>;

// The success of a step that has no value.
using Status = Result<void>;

// Builds the failure of any Result.
inline tl::unexpected<Error> Fail(std::string place, std::string problem, std::string remedy = {}) {
  return tl::unexpected<Error>(Error{std::move(place), std::move(problem), std::move(remedy)});
}

}  // namespace modcert
