// The payload of DUMP and RESTORE: a type byte, the value, the RDB version (2 bytes) and a CRC64 of
// all before it (8 bytes).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/rdb/value_codec.h"
#include "engine/value/key_metadata.h"

namespace modcert::engine::rdb {

std::string Dump(const Value& value, const KeyPlace& place, WriterOptions options = {},
                 const KeyMetadata* metadata = nullptr);

// Reads a payload. The problem of an error is the text that RESTORE replies ("ERR Bad data
// format"); its place says what exactly was wrong, and where. As on a real server, bytes between
// the value and the footer are ignored. A payload with metadata is refused unless there are classes
// for it; what they attach goes to `metadata`.
Result<Value> Restore(std::string_view payload, const LoadContext& context,
                      const KeyMetaClasses* classes = nullptr,
                      std::unique_ptr<KeyMetadata>* metadata = nullptr);

// True when version and checksum are right: what RESTORE asks first.
bool HasValidFooter(std::string_view payload);

// Appends version and checksum: for payloads made by hand, as a fuzzer does.
std::string WithFooter(std::string_view type_and_value);

}  // namespace modcert::engine::rdb
