// Values and replies as bytes of RESP2 or RESP3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "resp/value.h"

namespace modcert::resp {

// Appends `value` as a server would send it to a client that speaks `protocol`. In RESP2 a map
// becomes a flat array, set and push an array, double, big number and verbatim string a bulk
// string, a boolean 1 or 0; attributes are left out. The result is always valid: line breaks in a
// simple string become spaces, and so do those of an error in RESP2; in RESP3 it is sent as a blob
// error.
void Encode(const Value& value, Protocol protocol, std::string& out);

// The pieces that hot paths write without building a Value. Where the protocol makes no difference
// they do not ask for it. Text is taken as it is: a line break in a simple string or an error gives
// a broken reply, exactly as on a real server.
void AppendSimple(std::string_view text, std::string& out);
void AppendError(std::string_view text, std::string& out);
void AppendInteger(int64_t integer, std::string& out);
void AppendBulk(std::string_view bytes, std::string& out);
void AppendNull(Protocol protocol, std::string& out);
void AppendNullArray(Protocol protocol, std::string& out);
void AppendDouble(double number, Protocol protocol, std::string& out);
// A double whose text is given, such as that of a long double.
void AppendDoubleText(std::string_view text, Protocol protocol, std::string& out);
void AppendBool(bool flag, Protocol protocol, std::string& out);
void AppendBigNumber(std::string_view digits, Protocol protocol, std::string& out);
// `format` has three letters, such as "txt" or "mkd".
void AppendVerbatim(std::string_view format, std::string_view bytes, Protocol protocol,
                    std::string& out);

// What follows a header: so many elements, or twice as many where it counts pairs.
void AppendArrayHeader(size_t count, std::string& out);
void AppendMapHeader(size_t pair_count, Protocol protocol, std::string& out);
void AppendSetHeader(size_t count, Protocol protocol, std::string& out);
void AppendPushHeader(size_t count, Protocol protocol, std::string& out);
// RESP3 only: a RESP2 client must not be sent attributes at all.
void AppendAttributeHeader(size_t pair_count, std::string& out);

}  // namespace modcert::resp
