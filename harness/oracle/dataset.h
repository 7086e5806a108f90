// All data of a host at once: as the bytes of an RDB file, and back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "module/host.h"

namespace modcert::oracle {

// What SAVE would write. The module's rdb_save callbacks run.
std::string SaveAll(module::Host& host);

// Loads a file into a host that has the same modules. The module's rdb_load callbacks run.
Status LoadAll(module::Host& host, std::string_view file);

// What DEBUG DIGEST says: 40 hexadecimal digits.
std::string DigestOf(module::Host& host);

// Whether any key is there.
bool HasData(const module::Host& host);

// The keys that hold a value of a data type of one of the host's modules: their number.
int CountModuleValues(module::Host& host);

// A second host with the same modules, loaded with the same arguments, and no data. The error is
// that of a module which does not load a second time.
Result<std::unique_ptr<module::Host>> LikeHost(const module::Host& host, uint64_t seed = 1);

}  // namespace modcert::oracle
