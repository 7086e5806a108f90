// Command lines made up at random over a small key space: what two servers are compared with. The
// tables they are made from are in random_templates.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "run/random_templates.h"

namespace modcert::run {

struct RandomCommand {
  std::vector<std::string> argv;
  Agreement agreement = Agreement::kExact;
};

// The same seed and groups give the same sequence.
class RandomCommands {
 public:
  // `groups` names those that commands are taken from; none: all. Fails for an unknown name.
  static Result<RandomCommands> Create(uint64_t seed, const std::vector<std::string>& groups);

  RandomCommand Next();

 private:
  struct Form {
    const RandomTemplate* row;
    const RandomGroup* group;
  };

  explicit RandomCommands(uint64_t seed);

  void AppendWords(const Form& form, std::string_view text, std::vector<std::string>& argv);
  std::string Word(const Form& form, std::string_view word);
  std::string Key(char letter);

  Random random_;
  std::vector<Form> forms_;
  std::string key_letters_;
};

}  // namespace modcert::run
