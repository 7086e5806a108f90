// The keyspace as an RDB file in memory and back, and its digest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/digest.h"

namespace modcert::engine {

class Server;

// Where the file is going to stand.
enum class SavedAs { kRdbFile, kAofBase };

// What SAVE would write, module values included.
std::string SaveDataset(const Server& server, SavedAs as = SavedAs::kRdbFile);

struct LoadRules {
  // What to do with a key of the file that the keyspace has already.
  enum class Duplicate { kFail, kReplace };
  // Keys whose time has passed: a primary leaves them out, a replica waits for its primary.
  enum class Expired { kLeaveOut, kKeep };
  Duplicate duplicate = Duplicate::kFail;
  Expired expired = Expired::kLeaveOut;
};

struct LoadedDataset {
  size_t size = 0;  // of the file, when something stands behind it
  int64_t keys_loaded = 0;
  int64_t keys_expired = 0;
};

// Adds the keys of a file to the keyspace. Listeners hear "loaded" for each. On an error what was
// loaded before it stays.
Result<LoadedDataset> LoadDataset(Server& server, std::string_view file, const LoadRules& rules);
Result<LoadedDataset> LoadDataset(Server& server, std::string_view file);

// What DEBUG DIGEST prints: equal for equal data.
Digest DigestOfDataset(const Server& server);

}  // namespace modcert::engine
