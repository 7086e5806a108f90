#pragma once

#include <cstdint>
#include <span>
#include <string_view>

// What redis-server 7.0.15 says about its commands in COMMAND and COMMAND DOCS, as constant data.
// It is generated from commands.json at build time (generate.py) and lives for the whole program.
//
// Absent on purpose, because they are the server's prose: complexity, history, notes of key specs,
// summaries of arguments. Commands of modules have them, in the module's words.
// `summary` is our own sentence; it is empty for the groups that nobody has described yet.

namespace modcert::engine {

// Bits of CommandFacts::flags; the numbers are positions in CommandFlagNames(). The generated file
// holds this list against the data.
enum CommandFlag : uint64_t {
  kCommandWrite = 1 << 0,
  kCommandReadonly = 1 << 1,
  kCommandDenyOom = 1 << 2,
  kCommandModule = 1 << 3,
  kCommandAdmin = 1 << 4,
  kCommandPubSub = 1 << 5,
  kCommandNoScript = 1 << 6,
  kCommandBlocking = 1 << 7,
  kCommandLoading = 1 << 8,
  kCommandStale = 1 << 9,
  kCommandSkipMonitor = 1 << 10,
  kCommandSkipSlowlog = 1 << 11,
  kCommandAsking = 1 << 12,
  kCommandFast = 1 << 13,
  kCommandNoAuth = 1 << 14,
  kCommandNoMandatoryKeys = 1 << 15,
  kCommandNoAsyncLoading = 1 << 16,
  kCommandNoMulti = 1 << 17,
  kCommandMovableKeys = 1 << 18,
  kCommandAllowBusy = 1 << 19,
};

// Bits of CommandFacts::categories; the numbers are positions in CategoryNames().
enum CommandCategory : uint64_t {
  kCategoryKeyspace = 1 << 0,
  kCategoryRead = 1 << 1,
  kCategoryWrite = 1 << 2,
  kCategorySet = 1 << 3,
  kCategorySortedSet = 1 << 4,
  kCategoryList = 1 << 5,
  kCategoryHash = 1 << 6,
  kCategoryString = 1 << 7,
  kCategoryBitmap = 1 << 8,
  kCategoryHyperLogLog = 1 << 9,
  kCategoryGeo = 1 << 10,
  kCategoryStream = 1 << 11,
  kCategoryPubSub = 1 << 12,
  kCategoryAdmin = 1 << 13,
  kCategoryFast = 1 << 14,
  kCategorySlow = 1 << 15,
  kCategoryBlocking = 1 << 16,
  kCategoryDangerous = 1 << 17,
  kCategoryConnection = 1 << 18,
  kCategoryTransaction = 1 << 19,
  kCategoryScripting = 1 << 20,
};

// Bits of KeySpec::flags; the numbers are positions in KeyFlagNames().
enum KeyFlag : uint64_t {
  kKeyRO = 1 << 0,
  kKeyRW = 1 << 1,
  kKeyOW = 1 << 2,
  kKeyRM = 1 << 3,
  kKeyAccess = 1 << 4,
  kKeyUpdate = 1 << 5,
  kKeyInsert = 1 << 6,
  kKeyDelete = 1 << 7,
  kKeyNotKey = 1 << 8,
  kKeyIncomplete = 1 << 9,
  kKeyVariableFlags = 1 << 10,
};

// Bits of ArgumentFacts::flags; the numbers are positions in ArgumentFlagNames().
enum ArgumentFlag : uint64_t {
  kArgumentOptional = 1 << 0,
  kArgumentMultiple = 1 << 1,
  kArgumentMultipleToken = 1 << 2,
};

// Bits of CommandFacts::doc_flags; the numbers are positions in DocFlagNames().
enum DocFlag : uint64_t {
  kDocDeprecated = 1 << 0,
  kDocSystemCommand = 1 << 1,
};

// One rule that finds keys in a command line: where to begin, and how to go on from there.
struct KeySpec {
  enum class BeginSearch : uint8_t { kUnknown, kIndex, kKeyword };
  enum class FindKeys : uint8_t { kUnknown, kRange, kKeyNum };

  uint64_t flags = 0;  // KeyFlag
  BeginSearch begin_search = BeginSearch::kUnknown;
  int index = 0;             // kIndex: position in argv
  std::string_view keyword;  // kKeyword: the word to look for,
  int start_from = 0;        // and where; negative counts from the end
  FindKeys find_keys = FindKeys::kUnknown;
  int last_key = 0;       // kRange: relative to the first key; negative counts from the end
  int limit = 0;          // kRange with last_key -1: 2 means half of the rest, and so on
  int key_num_index = 0;  // kKeyNum: where the number of keys stands, relative to the beginning
  int first_key = 0;      // kKeyNum: where the first key stands, relative to the beginning
  int key_step = 0;       // kRange, kKeyNum
  std::string_view notes = {};
};

// One node of the argument tree. Texts that the server does not print are empty.
struct ArgumentFacts {
  std::string_view name;
  std::string_view type;  // as printed: "key", "string", "integer", "pure-token", "oneof", "block"…
  std::string_view token;
  std::string_view display_text;
  int key_spec_index = -1;  // -1: not printed
  std::string_view since;
  std::string_view deprecated_since;
  uint64_t flags = 0;  // ArgumentFlag
  std::span<const ArgumentFacts> arguments;
  std::string_view summary = {};
};

// A release that changed a command.
struct HistoryFacts {
  std::string_view since;
  std::string_view changes;
};

// One command or subcommand.
struct CommandFacts {
  std::string_view name;  // as COMMAND prints it: "get", and "config|get" for a subcommand
  int arity = 0;          // negative: at least that many; counts the command words
  uint64_t flags = 0;     // CommandFlag
  int first_key = 0;
  int last_key = 0;
  int key_step = 0;
  uint64_t categories = 0;  // CommandCategory
  std::span<const std::string_view> tips;
  std::span<const KeySpec> key_specs;
  std::string_view group;
  std::string_view since;
  std::string_view summary;
  uint64_t doc_flags = 0;  // DocFlag
  std::string_view deprecated_since;
  std::span<const std::string_view> replaced_by;  // the command words of the server's sentence
  std::span<const ArgumentFacts> arguments;
  std::span<const CommandFacts> subcommands;  // ordered by name
  std::string_view complexity = {};
  std::span<const HistoryFacts> history = {};
};

// Every command of the server, ordered by name. Subcommands are inside of their containers.
std::span<const CommandFacts> AllCommandFacts();

// The facts of "get", or of a subcommand as "config|get"; in upper or lower case. Null: no such
// one.
const CommandFacts* FindCommandFacts(std::string_view name);

// The words for the bits, lowest bit first, which is the order in which the server prints them.
// Categories are without the `@`.
std::span<const std::string_view> CommandFlagNames();
std::span<const std::string_view> CategoryNames();
std::span<const std::string_view> KeyFlagNames();
std::span<const std::string_view> ArgumentFlagNames();
std::span<const std::string_view> DocFlagNames();

}  // namespace modcert::engine
