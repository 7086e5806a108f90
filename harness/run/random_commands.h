// Command lines made up at random over a small key space: what two servers are compared with.
//
// The one idea: a table of templates, one per form of a command, in a small language. So one more
// command is one more line, and what a reply may differ in stands beside it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace modcert::run {

// How far the replies of two servers to the same command must agree.
enum class Agreement {
  kExact,      // to the byte
  kUnordered,  // the same elements, in any order
  kShape,      // the same types and numbers of elements: what depends on time or chance
};

struct RandomCommand {
  std::vector<std::string> argv;
  Agreement agreement = Agreement::kExact;
};

// The same seed gives the same sequence.
class RandomCommands {
 public:
  explicit RandomCommands(uint64_t seed) : random_(seed) {}

  RandomCommand Next();

  // Names of the commands that can come, in lower case, for coverage.
  static std::vector<std::string> CommandNames();

 private:
  void AppendWords(std::string_view text, std::vector<std::string>& argv);
  void AppendWord(std::string_view word, std::vector<std::string>& argv);
  std::string Fill(char placeholder);
  std::string Key(char type);
  std::string Value();
  std::string Integer();
  std::string Number();
  std::string ScoreBound();
  std::string LexBound();

  Random random_;
};

}  // namespace modcert::run
