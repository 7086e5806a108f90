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
  bool waits = false;  // time has to pass behind it
};

// The same seed and groups give the same sequence.
class RandomCommands {
 public:
  // `groups` names those that commands are taken from; none: all. Fails for an unknown name.
  static Result<RandomCommands> Create(uint64_t seed, const std::vector<std::string>& groups);

  RandomCommand Next();
  // For a client that subscribes; only when there are such commands.
  RandomCommand NextSubscription();
  bool has_subscriptions() const { return !subscriptions_.empty(); }

  // Draws the rules of the world that begins: whether its keys hold mixed types, whether they
  // expire.
  void NewWorld();

 private:
  struct Form {
    const RandomTemplate* row;
    const RandomGroup* group;
  };

  explicit RandomCommands(uint64_t seed);

  bool IsForThisWorld(When when) const;
  RandomCommand Make(const Form& form);
  void AppendWords(const Form& form, std::string_view text, std::vector<std::string>& argv);
  std::string Word(const Form& form, std::string_view word);
  std::string Key(char letter);

  Random random_;
  std::vector<Form> forms_;
  std::vector<Form> subscriptions_;
  std::string key_letters_;
  bool keys_are_mixed_ = false;
  bool keys_expire_ = false;
  bool databases_swap_ = false;
};

}  // namespace modcert::run
