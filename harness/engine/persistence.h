// The keyspace as an RDB file in memory and back, and its digest.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/digest.h"

namespace modcert::engine {

class Server;

// What SAVE would write, module values included.
std::string SaveDataset(const Server& server);

// What to do with a key of the file that the keyspace has already.
enum class OnDuplicate { kFail, kReplace };

// Adds the keys of a file to the keyspace; those whose time has passed are left out. Listeners hear
// "loaded" for each. On an error what was loaded before it stays.
Status LoadDataset(Server& server, std::string_view file,
                   OnDuplicate on_duplicate = OnDuplicate::kFail);

// What DEBUG DIGEST prints: equal for equal data.
Digest DigestOfDataset(const Server& server);

}  // namespace modcert::engine
