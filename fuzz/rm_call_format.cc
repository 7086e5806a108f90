// Property: Call reads its arguments as its format says, and refuses with the documented errno.
//
// An input is: a number, which chooses the command; the format as a text; and one item for each
// argument that the format asks for. Letters are judged as a redis-server 7.0 does.

#include <cerrno>
#include <cstring>

#include "fuzz_host.h"
#include "module/current_host.h"
#include "variable_arguments.h"

namespace modcert::fuzz {
namespace {

using abi::published::Call;
using abi::published::CallReplyType;
using abi::published::FreeCallReply;

// What the documentation of each command says: the model knows nothing of the host's table.
struct ModelCommand {
  const char* name;
  bool exists = true;
  size_t args_min = 0;  // with the name
  size_t args_max = SIZE_MAX;
  bool writes = false;
  bool in_scripts = true;
};

constexpr ModelCommand kCommands[] = {
    {.name = "RPUSH", .args_min = 3, .writes = true},
    {.name = "ECHO", .args_min = 2, .args_max = 2},
    {.name = "PING", .args_min = 1},
    {.name = "get", .args_min = 2, .args_max = 2},
    {.name = "SET", .args_min = 3, .writes = true},
    {.name = "del", .args_min = 2, .writes = true},
    {.name = "INCR", .args_min = 2, .args_max = 2, .writes = true},
    {.name = "EXISTS", .args_min = 2},
    {.name = "LRANGE", .args_min = 4, .args_max = 4},
    {.name = "WATCH", .args_min = 2, .in_scripts = false},
    {.name = "BLPOP", .args_min = 3, .writes = true, .in_scripts = false},
    {.name = "no.such.command", .exists = false},
    {.name = "", .exists = false},
};

// A format, the arguments that it asks for, and what a reader of the documentation expects.
struct Program {
  std::string format;
  std::vector<std::string> args;  // of the command, without its name
  bool is_valid = true;           // all letters are known
  bool Has(char letter) const { return format.find(letter) != std::string::npos; }
};

// False when the letter's arguments do not fit any more.
bool AddArguments(char letter, ItemReader& items, VariableArguments& arguments, Program& program) {
  switch (letter) {
    case 'c':
      if (!arguments.HasRoomFor(1)) return false;
      arguments.AddCText(program.args.emplace_back(items.NextCText()));
      return true;
    case 's':
      if (!arguments.HasRoomFor(1)) return false;
      arguments.AddString(program.args.emplace_back(items.NextText()));
      return true;
    case 'b':
      if (!arguments.HasRoomFor(2)) return false;
      arguments.AddBytes(program.args.emplace_back(items.NextText()));
      return true;
    case 'l': {
      if (!arguments.HasRoomFor(1)) return false;
      const uint64_t number = items.NextNumber();
      program.args.push_back(std::to_string(static_cast<long long>(number)));
      arguments.Add(number);
      return true;
    }
    case 'v': {
      if (!arguments.HasRoomFor(2)) return false;
      std::vector<std::string> texts(items.NextNumber() % 4);
      for (std::string& text : texts) text = items.NextText();
      program.args.insert(program.args.end(), texts.begin(), texts.end());
      arguments.AddVector(texts);
      return true;
    }
    default:
      program.is_valid = std::strchr("!AR30SWEM", letter) != nullptr;
      return true;
  }
}

Program MakeProgram(ItemReader& items, VariableArguments& arguments) {
  Program program;
  for (char letter : items.NextCText()) {
    // The host has no users yet, as its row for Call says.
    if (letter == 'C') continue;
    if (program.is_valid && !AddArguments(letter, items, arguments, program)) break;
    program.format.push_back(letter);
  }
  return program;
}

// The errno of the refusal, or 0 when the command runs.
int ModelErrno(const ModelCommand& command, const Program& program) {
  if (!program.is_valid) return EBADF;
  if (!command.exists) return ENOENT;
  const size_t count = 1 + program.args.size();
  if (count < command.args_min || count > command.args_max) return EINVAL;
  if (program.Has('S') && !command.in_scripts) return ESPIPE;
  if (program.Has('W') && command.writes) return ENOSPC;
  return 0;
}

void ExpectRefusal(FuzzHost& fuzz, const Program& program, int wanted, int number,
                   RedisModuleCallReply* reply) {
  Expect(number == wanted, "errno is " + std::string(strerrorname_np(wanted)) + ", not " +
                               std::to_string(number) + ", for format " + program.format);
  if (!program.Has('E') || wanted == EBADF)
    return Expect(reply == nullptr, "a refused call gives NULL");
  Expect(reply && fuzz.Api<CallReplyType>()(reply) == REDISMODULE_REPLY_ERROR,
         "with E a refused call gives an error reply");
}

// RPUSH shows all of its arguments: in the list, and in what replicas get.
void ExpectPushed(FuzzHost& fuzz, const Program& program) {
  std::vector<resp::Value> wanted;
  for (size_t i = 1; i < program.args.size(); ++i)
    wanted.push_back(resp::Value::Bulk(program.args[i]));
  Expect(fuzz.Ask({"LRANGE", program.args[0], "0", "-1"}) == resp::Value::Array(wanted),
         "the command got the arguments that the format describes");
  engine::Args command = {"RPUSH"};
  command.insert(command.end(), program.args.begin(), program.args.end());
  bool is_propagated = false;
  for (const engine::Args& sent : fuzz.host().server.propagation.Take())
    is_propagated = is_propagated || sent == command;
  Expect(is_propagated == (program.Has('!') && !program.Has('R')),
         "replicas get the command with ! and without R, for format " + program.format);
}

void RunCall(FuzzHost& fuzz, ItemReader& items) {
  const ModelCommand& command = kCommands[items.NextNumber() % std::size(kCommands)];
  VariableArguments arguments(fuzz.host());
  const Program program = MakeProgram(items, arguments);
  RedisModuleCtx* ctx = fuzz.host().NewContextWithClient(nullptr, module::ContextKind::kThreadSafe);
  errno = 0;
  RedisModuleCallReply* reply =
      arguments.Call(fuzz.Api<Call>(), ctx, command.name, program.format.c_str());
  const int number = errno;
  if (const int wanted = ModelErrno(command, program)) {
    ExpectRefusal(fuzz, program, wanted, number, reply);
  } else {
    Expect(reply != nullptr, "a call that runs gives a reply");
    if (command.name == std::string_view("RPUSH")) ExpectPushed(fuzz, program);
  }
  if (reply) fuzz.Api<FreeCallReply>()(reply);
  fuzz.host().EndContext(ctx);
}

int Run(ItemReader items) {
  static const std::vector<abi::ApiRow> rows = AllRows();
  static FuzzHost& fuzz = *new FuzzHost(rows, abi::CallMode::kBare);
  {
    const module::ModuleScope scope(fuzz.host(), nullptr);
    RunCall(fuzz, items);
  }
  fuzz.Reset();
  fuzz.ExpectNothingLeft();
  return 0;
}

}  // namespace
}  // namespace modcert::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return modcert::fuzz::Run({data, size});
}
