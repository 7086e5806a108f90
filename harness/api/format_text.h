// What the functions with a printf format have in common: CreateStringPrintf, ReplyWithErrorFormat.
#pragma once

#include <cstdarg>
#include <string>

namespace modcert::api {

// The text that a format and its arguments give, whatever its size.
std::string FormatText(const char* format, va_list arguments);

}  // namespace modcert::api
