#include "api/format_text.h"

#include <cstdio>

namespace modcert::api {

std::string FormatText(const char* format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (size <= 0) return {};
  std::string text(static_cast<size_t>(size) + 1, '\0');  // vsnprintf wants room for its NUL
  std::vsnprintf(text.data(), text.size(), format, arguments);
  text.pop_back();
  return text;
}

}  // namespace modcert::api
