// Which values are large enough to be freed in the background.
#pragma once

#include "engine/keyspace.h"

namespace modcert::engine {

// As redis-server 7.0 decides where it may choose. Asks the type of a module's value, and the
// classes of the key's metadata.
bool IsFreedLazily(const Entry& entry, const KeyPlace& place);

}  // namespace modcert::engine
