// The metadata of a key as the record that stands in front of it (Redis 8.6): how many classes, and
// for each of them its spec and the items that it saved.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "engine/value/key_metadata.h"

namespace modcert::engine::rdb {

// Writes the opcode and the record; nothing when no class has anything to save.
void SaveKeyMetadata(Writer& out, const KeyMetadata& metadata, const KeyPlace& place);

// Reads what stands behind the opcode, but keeps the classes apart from the key, whose name comes
// later in a file: `place` is what is known of it. Null when nothing is left to attach. A record of
// a class that is not there fails the reader, unless the class allows to ignore it.
std::unique_ptr<KeyMetadata> LoadKeyMetadata(Reader& in, const KeyMetaClasses& classes,
                                             const KeyPlace& place);

}  // namespace modcert::engine::rdb
