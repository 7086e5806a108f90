// The HELP of the containers: OBJECT HELP, CONFIG HELP and so on.
//
// DEVIATION: 7.0.15 answers with prose of its own. Here it is the subcommands of the facts with our
// summaries, in the same shape: an array of status lines.

#include "engine/command_call.h"
#include "engine/commands/cluster_args.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

// CONTAINER HELP
Reply Help(CommandCall& call) {
  const std::string_view name = call.command.name;
  const std::string_view container = name.substr(0, name.find('|'));
  std::vector<resp::Value> lines = {
      resp::Value::Simple(fmt::format("{} has these subcommands:", Upper(container)))};
  for (const CommandFacts& facts : FindCommandFacts(container)->subcommands) {
    lines.push_back(resp::Value::Simple(Upper(facts.name.substr(container.size() + 1))));
    if (!facts.summary.empty())
      lines.push_back(resp::Value::Simple(fmt::format("    {}", facts.summary)));
  }
  return Reply::Array(std::move(lines));
}

Reply HelpInCluster(CommandCall& call) { return InCluster<Help>(call); }

constexpr std::string_view kOurText = "the text is our own";

constexpr CommandRow kTable[] = {
    {.name = "acl|help", .run = Help, .partial = kOurText},
    {.name = "latency|help", .run = Help, .partial = kOurText},
    {.name = "slowlog|help", .run = Help, .partial = kOurText},
    {.name = "client|help", .run = Help, .partial = kOurText},
    {.name = "cluster|help", .run = HelpInCluster, .partial = kOurText},
    {.name = "command|help", .run = Help, .partial = kOurText},
    {.name = "config|help", .run = Help, .partial = kOurText},
    {.name = "function|help", .run = Help, .partial = kOurText},
    {.name = "memory|help", .run = Help, .partial = kOurText},
    {.name = "object|help", .run = Help, .partial = kOurText},
    {.name = "pubsub|help", .run = Help, .partial = kOurText},
    {.name = "script|help", .run = Help, .partial = kOurText},
    {.name = "xgroup|help", .run = Help, .partial = kOurText},
    {.name = "xinfo|help", .run = Help, .partial = kOurText},
};

}  // namespace

std::span<const CommandRow> HelpCommands() { return kTable; }

}  // namespace modcert::engine
