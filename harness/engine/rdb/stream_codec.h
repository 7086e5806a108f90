// Streams as RDB bytes and back: the nodes as listpacks, the numbers of the stream, its groups.
//
// A node is a listpack that begins with what its entries have in common:
//
//   live entries, deleted entries, n, n names of fields, 0
//
// and goes on with the entries, whose ids are differences to the id of the node:
//
//   flags, ms, seq, n values, elements before                      (fields as above)
//   flags, ms, seq, n, n times field and value, elements before    (fields of their own)
#pragma once

#include "engine/rdb/format.h"
#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "engine/value/stream.h"

namespace modcert::engine::rdb {

// Writes what redis-server 7.0 writes behind the byte kStreamListpacks2.
void SaveStream(Writer& out, const Stream& stream);

// Reads any of the three types; a failure is left in the reader. What a type does not carry is
// derived as a real server does it.
Stream LoadStream(Reader& in, Type type, const EncodingLimits* limits);

}  // namespace modcert::engine::rdb
