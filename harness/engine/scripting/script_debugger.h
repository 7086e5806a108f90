// The session in which a client debugs a script of a module's engine (SCRIPT DEBUG): the lines that
// are logged for it, and the commands that it sends while the script waits for them.
//
// DEVIATION: a real server runs a session of SCRIPT DEBUG YES in a child, whose changes go with it;
// here it is one of SYNC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/client.h"
#include "engine/scripting/fiber.h"

namespace modcert::engine::scripting {

// Owned by Scripting. Host's lock held.
class ScriptDebugger {
 public:
  // The next script of the client is debugged, or not.
  void SetWanted(const Client& client, bool wanted);
  bool IsWanted(const Client& client) const { return wanted_.contains(client.id()); }

  // Around the script. The fiber is the one that it runs in.
  void Begin(Client& client, Fiber* fiber);
  void End();
  bool is_on() const { return client_ != nullptr; }

  // Adds a line, cut to a length that a terminal shows unless it is to be whole.
  enum class Length { kCut, kWhole };
  void Log(std::string_view line, Length length);
  // Sends the lines, as an array of simple strings.
  void Flush();

  // Waits for the client's next command; nothing when its connection ended. Called by the script.
  std::optional<Args> NextCommand();
  // For the server: a command of the client goes here, and the script goes on.
  bool IsWaitingFor(const Client& client) const { return waits_ && client_ == &client; }
  bool is_waiting() const { return waits_; }
  void Give(Args command);
  void Disconnected() { waits_ = false; }

 private:
  std::set<uint64_t> wanted_;
  Client* client_ = nullptr;
  Fiber* fiber_ = nullptr;
  bool waits_ = false;
  std::vector<std::string> lines_;
  std::optional<Args> command_;
};

// A reply as a line of text: "\"text\"", "7", "[1, 2]".
std::string HumanReply(std::string_view protocol);

}  // namespace modcert::engine::scripting
