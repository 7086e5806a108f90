// Option words of commands compare without regard to case.
#pragma once

#include <algorithm>
#include <string_view>

namespace modcert::engine {

// True when `arg` is the option; `option` is in capitals.
inline bool IsOption(std::string_view arg, std::string_view option) {
  return std::equal(arg.begin(), arg.end(), option.begin(), option.end(), [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - ('a' - 'A')) : a) == b;
  });
}

}  // namespace modcert::engine
