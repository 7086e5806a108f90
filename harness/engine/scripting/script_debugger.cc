#include "engine/scripting/script_debugger.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "resp/decode.h"

namespace modcert::engine::scripting {
namespace {

constexpr size_t kLineMax = 256;

std::string HumanValue(const resp::Value& value);

std::string HumanList(const resp::Value& value) {
  std::string text;
  for (const resp::Value& child : value.children)
    text += (text.empty() ? "" : ", ") + HumanValue(child);
  return "[" + text + "]";
}

std::string HumanValue(const resp::Value& value) {
  using resp::Type;
  switch (value.type) {
    case Type::kInteger:
      return std::to_string(value.integer);
    case Type::kNull:
    case Type::kNullArray:
      return "NULL";
    case Type::kArray:
    case Type::kSet:
    case Type::kMap:
    case Type::kPush:
      return HumanList(value);
    case Type::kError:
      return "\"-" + value.text + "\"";
    case Type::kSimple:
      return "\"+" + value.text + "\"";
    default:
      return "\"" + value.text + "\"";
  }
}

}  // namespace

void ScriptDebugger::SetWanted(const Client& client, bool wanted) {
  if (wanted)
    wanted_.insert(client.id());
  else
    wanted_.erase(client.id());
}

void ScriptDebugger::Begin(Client& client, Fiber* fiber) {
  client_ = &client;
  fiber_ = fiber;
}

// The client debugs one script, and has to ask again for the next.
void ScriptDebugger::End() {
  Log("<endsession>", Length::kWhole);
  Flush();
  wanted_.erase(client_->id());
  client_ = nullptr;
  fiber_ = nullptr;
}

// engine.debugger-log
void ScriptDebugger::Log(std::string_view line, Length length) {
  const bool cut = length == Length::kCut && line.size() > kLineMax;
  std::string text(line.substr(0, cut ? kLineMax : line.size()));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  lines_.push_back(text + (cut ? " ..." : ""));
}

void ScriptDebugger::Flush() {
  if (!client_) return lines_.clear();
  client_->output += fmt::format("*{}\r\n", lines_.size());
  for (const std::string& line : std::exchange(lines_, {}))
    client_->output += fmt::format("+{}\r\n", line);
}

std::optional<Args> ScriptDebugger::NextCommand() {
  // A script that a module calls has nobody who could answer.
  if (!client_ || !fiber_ || !fiber_->running()) return std::nullopt;
  waits_ = true;
  fiber_->Suspend();
  return std::exchange(command_, std::nullopt);
}

void ScriptDebugger::Give(Args command) {
  waits_ = false;
  command_ = std::move(command);
  fiber_->Resume();
}

// engine.debugger-replies
std::string HumanReply(std::string_view protocol) {
  resp::Decoder decoder;
  decoder.Feed(protocol);
  const auto value = decoder.Next();
  return value && *value ? HumanValue(**value) : std::string(protocol);
}

}  // namespace modcert::engine::scripting
