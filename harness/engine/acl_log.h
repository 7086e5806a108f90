// What users were refused: the entries of ACL LOG.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace modcert::engine {

struct AclLogEntry {
  int64_t count = 1;
  std::string reason;   // "command", "key", "channel", "auth"
  std::string context;  // "toplevel", "multi", "lua", "module"
  std::string object;   // the command, key or channel
  std::string username;
  int64_t at_ms = 0;
  std::string client_info;  // the line of CLIENT LIST at that moment
};

// Owned by Acl. The same refusal within a minute counts up the entry there is, which then is the
// newest again.
class AclLog {
 public:
  // Keeps `max` entries (acllog-max-len).
  void Add(AclLogEntry entry, int64_t max);
  void Clear() { entries_.clear(); }
  const std::deque<AclLogEntry>& entries() const { return entries_; }  // the newest first

 private:
  std::deque<AclLogEntry> entries_;
};

}  // namespace modcert::engine
