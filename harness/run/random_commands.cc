#include "run/random_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/require.h"
#include "run/random_words.h"

namespace modcert::run {
namespace {

// Names stand out less often the longer a run is: four of each type are enough for them to meet.
constexpr int kKeysPerType = 4;

// Made once, as commands point into it.
const std::vector<RandomGroup>& Groups() {
  static const std::vector<RandomGroup> groups = [] {
    std::vector<RandomGroup> all;
    for (const auto& group : kRandomGroups) all.push_back(group());
    return all;
  }();
  return groups;
}

std::string_view FirstWord(std::string_view line) { return line.substr(0, line.find(' ')); }

// The end of the group that opens at `start`; groups do not nest.
size_t GroupEnd(std::string_view text, size_t start) {
  const size_t end = text.find('}', start);
  Require(end != std::string_view::npos, "a template with an open group");
  return end;
}

bool IsCapital(char letter) { return letter >= 'A' && letter <= 'Z'; }

}  // namespace

RandomCommands::RandomCommands(uint64_t seed) : random_(seed) {
  for (const RandomGroup& group : Groups())
    if (group.key_letter != 0) key_letters_ += group.key_letter;
}

Result<RandomCommands> RandomCommands::Create(uint64_t seed,
                                              const std::vector<std::string>& groups) {
  RandomCommands commands(seed);
  std::vector<std::string_view> known;
  for (const RandomGroup& group : Groups()) {
    known.push_back(group.name);
    if (!groups.empty() && std::find(groups.begin(), groups.end(), group.name) == groups.end())
      continue;
    auto& forms = group.is_for_subscribers ? commands.subscriptions_ : commands.forms_;
    for (const RandomTemplate& row : group.templates) forms.push_back({&row, &group});
  }
  for (const std::string& name : groups)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return Fail(name, "no such group of random commands",
                  fmt::format("the groups are {}", fmt::join(known, ", ")));
  if (commands.forms_.empty() && !groups.empty()) {
    return Fail(groups[0], "has no commands but for subscribers", "add a group such as keys");
  }
  commands.NewWorld();
  return commands;
}

void RandomCommands::NewWorld() {
  keys_are_mixed_ = random_.OneIn(3);
  keys_expire_ = random_.OneIn(2);
  databases_swap_ = random_.OneIn(2);
}

bool RandomCommands::IsForThisWorld(When when) const {
  switch (when) {
    case When::kAlways:
      return true;
    case When::kExpiring:
      return keys_expire_;
    case When::kNoneExpires:
      return !keys_expire_;
    case When::kSwapping:
      return databases_swap_;
    case When::kNoneSwapped:
      return !databases_swap_;
  }
  return true;
}

RandomCommand RandomCommands::Next() {
  for (;;) {
    const Form& form = forms_[random_.Below(forms_.size())];
    if (IsForThisWorld(form.row->when)) return Make(form);
  }
}

RandomCommand RandomCommands::NextSubscription() {
  return Make(subscriptions_[random_.Below(subscriptions_.size())]);
}

RandomCommand RandomCommands::Make(const Form& form) {
  RandomCommand command{.agreement = form.row->agreement,
                        .waits = form.row->when == When::kExpiring};
  AppendWords(form, form.row->line, command.argv);
  return command;
}

void RandomCommands::AppendWords(const Form& form, std::string_view text,
                                 std::vector<std::string>& argv) {
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    if (text.front() != '{') {
      const std::string_view word = FirstWord(text);
      argv.push_back(Word(form, word));
      text.remove_prefix(word.size());
      continue;
    }
    const size_t end = GroupEnd(text, 0);
    const std::string_view group = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    uint64_t times = 1;
    if (!text.empty() && text.front() == '+') {
      text.remove_prefix(1);
      times += random_.Below(3);
    }
    std::vector<std::string_view> alternatives;
    for (size_t start = 0; start <= group.size();) {
      const size_t bar = std::min(group.find('|', start), group.size());
      alternatives.push_back(group.substr(start, bar - start));
      start = bar + 1;
    }
    for (; times > 0; --times)
      AppendWords(form, alternatives[random_.Below(alternatives.size())], argv);
  }
}

std::string RandomCommands::Word(const Form& form, std::string_view word) {
  if (word.size() != 2 || word[0] != '$') return std::string(word);
  if (IsCapital(word[1])) {
    Require(form.group->fill != nullptr, "a capital placeholder in a group without fill");
    return form.group->fill(word[1], random_);
  }
  switch (word[1]) {
    case 'v':
      return RandomValue(random_);
    case 'm':
      return RandomMember(random_);
    case 'i':
      return RandomInteger(random_);
    case 'f':
      return RandomNumber(random_);
    case 'n':
      return std::to_string(random_.Below(4));
    default:
      return Key(word[1]);
  }
}

std::string RandomCommands::Key(char letter) {
  Require(letter == 'k' || key_letters_.find(letter) != std::string::npos,
          "a placeholder that no group has as its key letter");
  if (keys_are_mixed_) return "k" + std::to_string(random_.Below(kKeysPerType));
  // One time in twelve a key of another type: WRONGTYPE has its own branches.
  if (letter == 'k' || random_.OneIn(12)) letter = key_letters_[random_.Below(key_letters_.size())];
  return letter + std::to_string(random_.Below(kKeysPerType));
}

}  // namespace modcert::run
