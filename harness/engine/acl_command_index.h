// Which commands a user may run, as a set of numbers: one for each command and subcommand.
//
// Rules name commands and categories; the set is all that remains of them. What ACL LIST prints is
// made from the set again, in a canonical form.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/command.h"

namespace modcert::engine {

// A real server has this many bits; the last one stands for commands that do not exist yet.
inline constexpr size_t kAclBitCount = 1024;
inline constexpr size_t kAclFutureBit = kAclBitCount - 1;
using AclBits = std::bitset<kAclBitCount>;

// A command that a rule can name.
struct AclCommand {
  std::string name;  // "get", "config|get"
  size_t id = 0;
  bool is_subcommand = false;
  std::vector<size_t> subcommands;  // their numbers; a rule for the container is a rule for them
};

// The arguments that a command is allowed with although it is not allowed otherwise: by its number.
using AclFirstArgs = std::map<size_t, std::vector<std::string>>;

// Owned by Acl. The built-in commands have their numbers from the facts, so that a rule may name
// one that this server does not run; a module's command gets its number when it is first asked for
// and keeps it, loaded or not.
class AclCommandIndex {
 public:
  explicit AclCommandIndex(const CommandTable& table) : table_(table) {}

  // By name, without regard to case; nothing when there is no such command.
  std::optional<AclCommand> Find(std::string_view name);
  size_t IdOf(const Command& command);

  // Allows or forbids all of a category; false when there is no such category.
  bool SetCategory(std::string_view category, bool allow, AclBits& bits, AclFirstArgs& first_args);

  // The names of all categories: those of CategoryNames(), then those that modules have added. The
  // bit of each in a command's facts is its place here.
  std::vector<std::string_view> category_names() const;
  std::optional<size_t> CategoryIndex(std::string_view category) const;
  // The bits of categories named by words with single spaces between them; nothing when one of them
  // is unknown.
  std::optional<uint64_t> ParseCategories(std::string_view words) const;
  // There is room for 64.
  bool HasRoomForCategory() const;
  void AddCategory(std::string name) { added_categories_.push_back(std::move(name)); }
  // Takes the newest away again.
  void RemoveCategories(size_t count) {
    added_categories_.resize(added_categories_.size() - count);
  }

  // The rules that make this set out of nothing, as ACL LIST prints them: "+@all -get". Categories
  // come as they fit best, then the commands that they leave wrong, in the order of their names.
  std::string Describe(const AclBits& bits, const AclFirstArgs& first_args);

 private:
  AclCommand FromModule(const Command& command);
  size_t ModuleId(const std::string& name);
  AclBits AffectedBy(size_t category);
  void ForEach(const std::function<void(const AclCommand&)>& visit);

  const CommandTable& table_;
  std::map<std::string, size_t, std::less<>> module_ids_;
  std::vector<std::string> added_categories_;
};

}  // namespace modcert::engine
