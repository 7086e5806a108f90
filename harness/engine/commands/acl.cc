// ACL: users and what they may do.

#include "engine/acl.h"

#include <algorithm>

#include "engine/command_call.h"
#include "engine/commands/known_command.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

Reply WrongForm(std::string_view subcommand) {
  return Reply::Error(fmt::format(
      "ERR unknown subcommand or wrong number of arguments for '{}'. Try ACL HELP.", subcommand));
}

// ACL WHOAMI
Reply WhoAmI(CommandCall& call) {
  return call.client.user ? Reply::Bulk(call.client.user->name) : Reply::Null();
}

// ACL USERS
Reply Users(CommandCall& call) {
  std::vector<Value> names;
  for (const auto& [name, user] : call.server.acl.users()) names.push_back(Value::Bulk(name));
  return Reply::Array(std::move(names));
}

// ACL LIST
Reply List(CommandCall& call) {
  Acl& acl = call.server.acl;
  std::vector<Value> lines;
  for (const auto& [name, user] : acl.users())
    lines.push_back(
        Value::Bulk(fmt::format("user {} {}", name, DescribeUser(*user, acl.commands()))));
  return Reply::Array(std::move(lines));
}

std::vector<Value> SelectorFields(const AclSelector& selector, AclCommandIndex& commands) {
  return {Value::Bulk("commands"),
          Value::Bulk(commands.Describe(selector.commands, selector.first_args)),
          Value::Bulk("keys"),
          Value::Bulk(DescribeKeys(selector)),
          Value::Bulk("channels"),
          Value::Bulk(DescribeChannels(selector))};
}

// ACL GETUSER username
Reply GetUser(CommandCall& call) {
  Acl& acl = call.server.acl;
  const AclUser* user = acl.Find(call.arg(2));
  if (!user) return Reply::Null();
  std::vector<Value> flags;
  for (std::string_view flag : FlagNames(*user)) flags.push_back(Value::Bulk(flag));
  std::vector<Value> passwords;
  for (const std::string& password : user->passwords) passwords.push_back(Value::Bulk(password));
  std::vector<Value> fields = {Value::Bulk("flags"), Value::Set(std::move(flags)),
                               Value::Bulk("passwords"), Value::Array(std::move(passwords))};
  for (Value& field : SelectorFields(user->selectors.front(), acl.commands()))
    fields.push_back(std::move(field));
  std::vector<Value> selectors;
  for (size_t i = 1; i < user->selectors.size(); ++i)
    selectors.push_back(Value::Map(SelectorFields(user->selectors[i], acl.commands())));
  fields.push_back(Value::Bulk("selectors"));
  fields.push_back(Value::Array(std::move(selectors)));
  return Value::Map(std::move(fields));
}

bool AllowsAllChannels(const AclUser& user) {
  return std::any_of(user.selectors.begin(), user.selectors.end(),
                     [](const AclSelector& selector) { return selector.all_channels; });
}

// Subscribers that would not be let in any more are thrown out.
void KillSubscribers(CommandCall& call, const AclUser& user) {
  if (AllowsAllChannels(user)) return;
  std::vector<Client*> killed;
  for (const auto& [id, client] : call.server.clients())
    if (client->user == &user && call.server.acl.ForbidsSubscriptions(user, *client))
      killed.push_back(client.get());
  for (Client* client : killed) call.server.Kill(*client);
}

// ACL SETUSER username [rule [rule ...]]
Reply SetUser(CommandCall& call) {
  // Those who monitor see nothing of it, not even whose password it is.
  for (int i = 2; i < call.argc(); ++i) call.Redact(i);
  const std::string& name = call.arg(2);
  if (name.find_first_of(std::string_view("\0 \t\n\v\f\r", 7)) != std::string::npos)
    return Reply::Error("ERR Usernames can't contain spaces or null characters");
  if (const auto error = call.server.acl.SetUser(name, call.args.subspan(3)))
    return Reply::Error(*error);
  KillSubscribers(call, *call.server.acl.Find(name));
  return Reply::Ok();
}

// ACL DELUSER username [username ...]
Reply DelUser(CommandCall& call) {
  const std::span<const std::string> names = call.args.subspan(2);
  if (std::find(names.begin(), names.end(), call.server.acl.default_user().name) != names.end())
    return Reply::Error("ERR The 'default' user cannot be removed");
  int64_t removed = 0;
  for (const std::string& name : names) {
    AclUser* user = call.server.acl.Find(name);
    if (!user) continue;
    call.server.DeauthenticateClientsOf(*user);
    call.server.acl.Remove(name);
    ++removed;
  }
  return Reply::Integer(removed);
}

// ACL CAT [category]
Reply Cat(CommandCall& call) {
  if (call.argc() > 3) return WrongForm(call.arg(1));
  const AclCommandIndex& commands = call.server.acl.commands();
  std::vector<Value> names;
  if (call.argc() == 2) {
    for (std::string_view category : commands.category_names())
      names.push_back(Value::Bulk(category));
    return Reply::Array(std::move(names));
  }
  const std::optional<size_t> category = commands.CategoryIndex(call.arg(2));
  if (!category) return Reply::Error(fmt::format("ERR Unknown category '{}'", call.arg(2)));
  const auto add = [&](const CommandFacts& command) {
    if (command.categories >> *category & 1) names.push_back(Value::Bulk(command.name));
  };
  for (const CommandFacts& command : AllCommandFacts()) {
    add(command);
    for (const CommandFacts& subcommand : command.subcommands) add(subcommand);
  }
  for (const Command* command : call.server.commands.All()) {
    if (command->module.empty()) continue;
    add(*command->facts);
    for (const auto& subcommand : command->subcommands) add(*subcommand->facts);
  }
  return Reply::Array(std::move(names));
}

// ACL GENPASS [bits]
Reply GenPass(CommandCall& call) {
  if (call.argc() > 3) return WrongForm(call.arg(1));
  int64_t bits = 256;
  if (call.argc() == 3) {
    const auto wanted = call.IntegerArg(2);
    if (!wanted) return wanted.error();
    bits = *wanted;
  }
  if (bits <= 0 || bits > 4096)
    return Reply::Error(
        "ERR ACL GENPASS argument must be the number of bits for the output password, a positive "
        "number up to 4096");
  std::string password;
  for (int64_t digit = 0; digit < (bits + 3) / 4; ++digit)
    password += "0123456789abcdef"[call.server.random.Below(16)];
  return Reply::Bulk(password);
}

Value LogEntryReply(const AclLogEntry& entry, int64_t now_ms) {
  const double age_s = static_cast<double>(now_ms - entry.at_ms) / 1000;
  return Value::Map({Value::Bulk("count"), Value::Integer(entry.count),     //
                     Value::Bulk("reason"), Value::Bulk(entry.reason),      //
                     Value::Bulk("context"), Value::Bulk(entry.context),    //
                     Value::Bulk("object"), Value::Bulk(entry.object),      //
                     Value::Bulk("username"), Value::Bulk(entry.username),  //
                     Value::Bulk("age-seconds"), Value::Double(age_s),      //
                     Value::Bulk("client-info"), Value::Bulk(entry.client_info)});
}

// ACL LOG [count | RESET]
Reply Log(CommandCall& call) {
  if (call.argc() > 3) return WrongForm(call.arg(1));
  int64_t count = 10;
  if (call.argc() == 3) {
    if (call.ArgIs(2, "RESET")) {
      call.server.acl.log().Clear();
      return Reply::Ok();
    }
    const auto wanted = call.IntegerArg(2);
    if (!wanted) return wanted.error();
    count = std::max<int64_t>(*wanted, 0);
  }
  std::vector<Value> entries;
  for (const AclLogEntry& entry : call.server.acl.log().entries()) {
    if (static_cast<int64_t>(entries.size()) == count) break;
    entries.push_back(LogEntryReply(entry, call.now_ms()));
  }
  return Reply::Array(std::move(entries));
}

// Why the user must not, in words that are a reply and no error.
Reply DryRunDenial(const AclDenial& denial, const Command& command,
                   std::span<const std::string> args) {
  constexpr std::string_view kNo = "This user has no permissions to";
  switch (denial.reason) {
    case AclDenial::Reason::kCommand:
      return Reply::Bulk(fmt::format("{} run the '{}' command", kNo, command.name));
    case AclDenial::Reason::kKey:
      return Reply::Bulk(fmt::format("{} access the '{}' key", kNo, args[denial.position]));
    case AclDenial::Reason::kChannel:
      return Reply::Bulk(fmt::format("{} access the '{}' channel", kNo, args[denial.position]));
  }
  return Reply::Ok();
}

// ACL DRYRUN username command [arg ...]
Reply DryRun(CommandCall& call) {
  const AclUser* user = call.server.acl.Find(call.arg(2));
  if (!user) return Reply::Error(fmt::format("ERR User '{}' not found", call.arg(2)));
  const std::span<const std::string> args = call.args.subspan(3);
  const std::optional<Command> command = KnownCommand(call.server.commands, args);
  if (!command) return Reply::Error(fmt::format("ERR Command '{}' not found", args[0]));
  if (!command->TakesArguments(args.size())) return Reply::WrongArity(command->name);
  const auto denial = call.server.acl.Check(*user, *command, args);
  return denial ? DryRunDenial(*denial, *command, args) : Reply::Ok();
}

// ACL SAVE and ACL LOAD: the host has no files of its own.
Reply NoAclFile(CommandCall&) {
  return Reply::Error(
      "ERR This Redis instance is not configured to use an ACL file. You may want to specify users "
      "via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis "
      "configuration file set) in order to store users in the Redis configuration.");
}

constexpr CommandRow kTable[] = {
    {.name = "acl|whoami", .run = WhoAmI},
    {.name = "acl|users", .run = Users},
    {.name = "acl|list", .run = List},
    {.name = "acl|getuser", .run = GetUser},
    {.name = "acl|setuser", .run = SetUser},
    {.name = "acl|deluser", .run = DelUser},
    {.name = "acl|cat", .run = Cat},
    {.name = "acl|genpass", .run = GenPass},
    {.name = "acl|log", .run = Log},
    {.name = "acl|dryrun", .run = DryRun},
    {.name = "acl|save", .run = NoAclFile, .partial = "there is no ACL file"},
    {.name = "acl|load", .run = NoAclFile, .partial = "there is no ACL file"},
};

}  // namespace

std::span<const CommandRow> AclCommands() { return kTable; }

}  // namespace modcert::engine
