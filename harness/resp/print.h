// Values as redis-cli shows them on a terminal.
#pragma once

#include <string>

#include "resp/value.h"

namespace modcert::resp {

// `1) "a"`, `(integer) 1`, `(nil)`, `(empty array)`, `(error) ERR ...`, and for RESP3 `1# "k" =>
// "v"`, `1~ "member"`, `(double) 1.5`, `(true)`. Ends with a line feed.
//
// redis-cli 7.0 can show neither attributes nor big numbers. Here they are `1| "k" => "v"` lines in
// front of the value, and `(big number) 123`.
std::string Print(const Value& value);

}  // namespace modcert::resp
