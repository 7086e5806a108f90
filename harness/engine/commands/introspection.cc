// COMMAND: what the server knows about its commands, from the facts.

#include <algorithm>
#include <bit>

#include "base/glob_match.h"
#include "engine/command_call.h"
#include "engine/commands/known_command.h"
#include "engine/commands/option_word.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// The words of the bits that are set, as status replies.
Value FlagSet(uint64_t bits, std::span<const std::string_view> names,
              std::string_view prefix = {}) {
  std::vector<Value> words;
  for (size_t i = 0; i < names.size(); ++i)
    if (bits & (uint64_t{1} << i))
      words.push_back(Value::Simple(std::string(prefix) + std::string(names[i])));
  return Value::Set(std::move(words));
}

void AddField(std::vector<Value>& map, std::string_view name, Value value) {
  map.push_back(Value::Bulk(name));
  map.push_back(std::move(value));
}

void AddText(std::vector<Value>& map, std::string_view name, std::string_view text) {
  if (!text.empty()) AddField(map, name, Value::Bulk(text));
}

// {"type": ..., "spec": {...}}: how both halves of a key spec are printed.
Value TypeAndSpec(std::string_view type, std::vector<Value> spec) {
  return Value::Map(
      {Value::Bulk("type"), Value::Bulk(type), Value::Bulk("spec"), Value::Map(std::move(spec))});
}

Value BeginSearchReply(const KeySpec& spec) {
  switch (spec.begin_search) {
    case KeySpec::BeginSearch::kIndex:
      return TypeAndSpec("index", {Value::Bulk("index"), Value::Integer(spec.index)});
    case KeySpec::BeginSearch::kKeyword:
      return TypeAndSpec("keyword", {Value::Bulk("keyword"), Value::Bulk(spec.keyword),
                                     Value::Bulk("startfrom"), Value::Integer(spec.start_from)});
    case KeySpec::BeginSearch::kUnknown:
      break;
  }
  return TypeAndSpec("unknown", {});
}

Value FindKeysReply(const KeySpec& spec) {
  switch (spec.find_keys) {
    case KeySpec::FindKeys::kRange:
      return TypeAndSpec("range", {Value::Bulk("lastkey"), Value::Integer(spec.last_key),
                                   Value::Bulk("keystep"), Value::Integer(spec.key_step),
                                   Value::Bulk("limit"), Value::Integer(spec.limit)});
    case KeySpec::FindKeys::kKeyNum:
      return TypeAndSpec("keynum", {Value::Bulk("keynumidx"), Value::Integer(spec.key_num_index),
                                    Value::Bulk("firstkey"), Value::Integer(spec.first_key),
                                    Value::Bulk("keystep"), Value::Integer(spec.key_step)});
    case KeySpec::FindKeys::kUnknown:
      break;
  }
  return TypeAndSpec("unknown", {});
}

Value KeySpecsReply(std::span<const KeySpec> specs) {
  std::vector<Value> replies;
  for (const KeySpec& spec : specs) {
    std::vector<Value> map;
    AddText(map, "notes", spec.notes);
    AddField(map, "flags", FlagSet(spec.flags, KeyFlagNames()));
    AddField(map, "begin_search", BeginSearchReply(spec));
    AddField(map, "find_keys", FindKeysReply(spec));
    replies.push_back(Value::Map(std::move(map)));
  }
  return Value::Set(std::move(replies));
}

// One command as COMMAND INFO prints it; `categories` are the names of all that there are.
Value InfoReply(const Command& command, std::span<const std::string_view> categories) {
  const CommandFacts& facts = *command.facts;
  std::vector<Value> tips;
  for (std::string_view tip : facts.tips) tips.push_back(Value::Bulk(tip));
  std::vector<Value> subcommands;
  for (const auto& subcommand : command.subcommands)
    subcommands.push_back(InfoReply(*subcommand, categories));
  return Value::Array({Value::Bulk(command.name), Value::Integer(facts.arity),
                       FlagSet(facts.flags, CommandFlagNames()), Value::Integer(facts.first_key),
                       Value::Integer(facts.last_key), Value::Integer(facts.key_step),
                       FlagSet(facts.categories, categories, "@"), Value::Set(std::move(tips)),
                       KeySpecsReply(facts.key_specs), Value::Set(std::move(subcommands))});
}

Value ArgumentsReply(std::span<const ArgumentFacts> arguments) {
  std::vector<Value> replies;
  for (const ArgumentFacts& argument : arguments) {
    std::vector<Value> map;
    AddText(map, "name", argument.name);
    AddText(map, "type", argument.type);
    if (argument.key_spec_index >= 0)
      AddField(map, "key_spec_index", Value::Integer(argument.key_spec_index));
    AddText(map, "token", argument.token);
    AddText(map, "summary", argument.summary);
    AddText(map, "since", argument.since);
    AddText(map, "deprecated_since", argument.deprecated_since);
    if (argument.flags) AddField(map, "flags", FlagSet(argument.flags, ArgumentFlagNames()));
    AddText(map, "display_text", argument.display_text);
    if (!argument.arguments.empty()) AddField(map, "arguments", ArgumentsReply(argument.arguments));
    replies.push_back(Value::Map(std::move(map)));
  }
  return Value::Array(std::move(replies));
}

Value HistoryReply(std::span<const HistoryFacts> history) {
  std::vector<Value> entries;
  for (const HistoryFacts& entry : history)
    entries.push_back(Value::Array({Value::Bulk(entry.since), Value::Bulk(entry.changes)}));
  return Value::Set(std::move(entries));
}

Value DocsReply(const Command& command) {
  const CommandFacts& facts = *command.facts;
  std::vector<Value> map;
  AddText(map, "summary", facts.summary);
  AddText(map, "since", facts.since);
  AddText(map, "group", facts.group);
  AddText(map, "complexity", facts.complexity);
  AddText(map, "module", command.module);
  if (facts.doc_flags) AddField(map, "doc_flags", FlagSet(facts.doc_flags, DocFlagNames()));
  AddText(map, "deprecated_since", facts.deprecated_since);
  if (!facts.replaced_by.empty()) {
    std::string words;
    for (std::string_view word : facts.replaced_by)
      words += (words.empty() ? "`" : " `") + std::string(word) + "`";
    AddText(map, "replaced_by", words);
  }
  if (!facts.history.empty()) AddField(map, "history", HistoryReply(facts.history));
  if (!facts.arguments.empty()) AddField(map, "arguments", ArgumentsReply(facts.arguments));
  if (!command.subcommands.empty()) {
    std::vector<Value> subcommands;
    for (const auto& subcommand : command.subcommands)
      AddField(subcommands, subcommand->name, DocsReply(*subcommand));
    AddField(map, "subcommands", Value::Map(std::move(subcommands)));
  }
  return Value::Map(std::move(map));
}

// Internal commands are for nobody to see.
std::vector<const Command*> VisibleCommands(CommandCall& call) {
  std::vector<const Command*> all = call.server.commands.All();
  std::erase_if(all, [](const Command* command) { return command->is_internal; });
  return all;
}

// COMMAND
Reply CommandAll(CommandCall& call) {
  const auto categories = call.server.acl.commands().category_names();
  std::vector<Value> all;
  for (const Command* command : VisibleCommands(call))
    all.push_back(InfoReply(*command, categories));
  return Reply::Array(std::move(all));
}

// COMMAND COUNT
Reply CommandCount(CommandCall& call) {
  return Reply::Integer(static_cast<int64_t>(VisibleCommands(call).size()));
}

// COMMAND INFO [command ...]
Reply CommandInfo(CommandCall& call) {
  if (call.argc() == 2) return CommandAll(call);
  const auto categories = call.server.acl.commands().category_names();
  std::vector<Value> replies;
  for (const std::string& name : call.args.subspan(2)) {
    const Command* command = call.server.commands.FindByName(name);
    const bool is_visible = command && !command->is_internal;
    replies.push_back(is_visible ? InfoReply(*command, categories) : Value::Null());
  }
  return Reply::Array(std::move(replies));
}

// COMMAND DOCS [command ...]
Reply CommandDocs(CommandCall& call) {
  std::vector<Value> docs;
  if (call.argc() == 2) {
    for (const Command* command : VisibleCommands(call))
      AddField(docs, command->name, DocsReply(*command));
  }
  for (const std::string& name : call.args.subspan(2))
    if (const Command* command = call.server.commands.FindByName(name))
      AddField(docs, command->name, DocsReply(*command));
  return Value::Map(std::move(docs));
}

// --- COMMAND LIST

using Filter = std::function<bool(const Command&)>;

// The filter that [FILTERBY <MODULE m | ACLCAT c | PATTERN p>] asks for; nothing for bad syntax.
std::optional<Filter> ParseListFilter(const AclCommandIndex& acl_commands,
                                      std::span<const std::string> args) {
  if (args.empty()) return [](const Command&) { return true; };
  if (args.size() != 3 || !IsOption(args[0], "FILTERBY")) return std::nullopt;
  const std::string& wanted = args[2];
  if (IsOption(args[1], "PATTERN"))
    return [wanted](const Command& c) { return GlobMatch(wanted, c.name, GlobCase::kInsensitive); };
  if (IsOption(args[1], "MODULE"))
    return [wanted](const Command& c) { return !c.module.empty() && c.module == wanted; };
  if (!IsOption(args[1], "ACLCAT")) return std::nullopt;
  const std::optional<size_t> category = acl_commands.CategoryIndex(wanted);
  return [category](const Command& c) {
    return category && (c.facts->categories >> *category & 1) != 0;
  };
}

// COMMAND LIST [FILTERBY ...]: commands and subcommands.
Reply CommandList(CommandCall& call) {
  const std::optional<Filter> filter =
      ParseListFilter(call.server.acl.commands(), call.args.subspan(2));
  if (!filter) return Reply::SyntaxError();
  std::vector<Value> names;
  for (const Command* command : VisibleCommands(call)) {
    if ((*filter)(*command)) names.push_back(Value::Bulk(command->name));
    for (const auto& subcommand : command->subcommands)
      if ((*filter)(*subcommand)) names.push_back(Value::Bulk(subcommand->name));
  }
  return Value::Set(std::move(names));
}

// --- COMMAND GETKEYS and GETKEYSANDFLAGS

enum class WithFlags { kNo, kYes };

Reply GetKeys(CommandCall& call, WithFlags with_flags) {
  const std::span<const std::string> args = call.args.subspan(2);
  const std::optional<Command> command = KnownCommand(call.server.commands, args);
  if (!command) return Reply::Error("ERR Invalid command specified");
  if (command->facts->key_specs.empty() && !command->key_positions)
    return Reply::Error("ERR The command has no key arguments");
  if (!command->TakesArguments(args.size()))
    return Reply::Error("ERR Invalid number of arguments specified for command");
  const auto positions = KeyPositions(*command, args);
  const bool none = !positions || positions->empty();
  if (none && !command->Has(kCommandNoMandatoryKeys))
    return Reply::Error("ERR Invalid arguments specified for command");
  std::vector<Value> keys;
  if (none) return Reply::Array();
  for (const KeyPosition& position : *positions) {
    Value key = Value::Bulk(args[position.position]);
    if (with_flags == WithFlags::kYes)
      key = Value::Array(
          {std::move(key), FlagSet(position.flags & ~uint64_t{kKeyVariableFlags}, KeyFlagNames())});
    keys.push_back(std::move(key));
  }
  return Reply::Array(std::move(keys));
}

// COMMAND GETKEYS command [arg ...]
Reply CommandGetKeys(CommandCall& call) { return GetKeys(call, WithFlags::kNo); }

// COMMAND GETKEYSANDFLAGS command [arg ...]
Reply CommandGetKeysAndFlags(CommandCall& call) { return GetKeys(call, WithFlags::kYes); }

constexpr CommandRow kTable[] = {
    {.name = "command", .run = CommandAll},
    {.name = "command|count", .run = CommandCount},
    {.name = "command|info", .run = CommandInfo},
    {.name = "command|docs", .run = CommandDocs},
    {.name = "command|list", .run = CommandList},
    {.name = "command|getkeys", .run = CommandGetKeys},
    {.name = "command|getkeysandflags", .run = CommandGetKeysAndFlags},
};

}  // namespace

std::span<const CommandRow> IntrospectionCommands() { return kTable; }

}  // namespace modcert::engine
