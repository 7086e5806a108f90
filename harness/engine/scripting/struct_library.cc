#include "engine/scripting/struct_library.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <climits>
#include <cstdint>
#include <cstring>
#include <lua.hpp>
#include <string>
#include <string_view>

namespace modcert::engine::scripting {
namespace {

constexpr int kIntegerSizeMax = 32;
constexpr size_t kNativeAlignment = 8;

// One option of a format on its way through it.
struct Option {
  char letter;
  size_t size = 0;     // bytes; 0 for what has no fixed size
  size_t padding = 0;  // bytes before it
};

// Walks over a format: what "<", ">", "!" and blanks say is kept, everything else is an option.
class Format {
 public:
  Format(lua_State* lua, const char* text) : lua_(lua), next_(text) {}

  bool at_end() const { return *next_ == '\0'; }
  bool little_endian() const { return little_endian_; }

  // The next option with its padding at this place of the data.
  Option Next(size_t place) {
    Option option{.letter = *next_++};
    option.size = SizeOf(option.letter);
    option.padding = Padding(option, place);
    return option;
  }

  // For a letter that is no option with a size: a mark, or an error.
  void Control(char letter) {
    switch (letter) {
      case ' ':
        return;
      case '>':
        little_endian_ = false;
        return;
      case '<':
        little_endian_ = true;
        return;
      case '!':
        return Align(Count(static_cast<int>(kNativeAlignment)));
      default:
        luaL_argerror(lua_, 1, lua_pushfstring(lua_, "invalid format option '%c'", letter));
    }
  }

 private:
  bool AtDigit() const { return std::isdigit(static_cast<unsigned char>(*next_)) != 0; }

  int Count(int otherwise) {
    if (!AtDigit()) return otherwise;
    int count = 0;
    while (AtDigit()) {
      const int digit = *next_++ - '0';
      if (count > (INT_MAX - digit) / 10) luaL_error(lua_, "integral size overflow");
      count = count * 10 + digit;
    }
    return count;
  }

  size_t SizeOf(char letter) {
    switch (letter) {
      case 'B':
      case 'b':
      case 'x':
        return 1;
      case 'H':
      case 'h':
        return sizeof(int16_t);
      case 'L':
      case 'l':
      case 'T':
      case 'd':
        return 8;
      case 'f':
        return sizeof(float);
      case 'c':
        return static_cast<size_t>(Count(1));
      case 'i':
      case 'I':
        return IntegerSize();
      default:
        return 0;
    }
  }

  size_t IntegerSize() {
    const int size = Count(sizeof(int32_t));
    if (size > kIntegerSizeMax)
      luaL_error(lua_, "integral size %d is larger than limit of %d", size, kIntegerSizeMax);
    return static_cast<size_t>(size);
  }

  void Align(int alignment) {
    if (alignment <= 0 || (alignment & (alignment - 1)) != 0)
      luaL_error(lua_, "alignment %d is not a power of 2", alignment);
    alignment_ = static_cast<size_t>(alignment);
  }

  size_t Padding(const Option& option, size_t place) const {
    if (option.size == 0 || option.letter == 'c') return 0;
    const size_t size = std::min(option.size, alignment_);
    return (size - (place & (size - 1))) & (size - 1);
  }

  lua_State* lua_;
  const char* next_;
  bool little_endian_ = true;
  size_t alignment_ = 1;
};

// The first `size` bytes of a number, and zeros beyond its eighth.
void AppendNumber(uint64_t number, size_t size, bool little_endian, std::string& out) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < std::min<size_t>(size, 8); ++i)
    bytes[i] = static_cast<char>(number >> (8 * i));
  if (!little_endian) std::reverse(bytes.begin(), bytes.end());
  out += bytes;
}

uint64_t ReadNumber(std::string_view bytes, bool little_endian) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char byte = little_endian ? bytes[bytes.size() - 1 - i] : bytes[i];
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return number;
}

// As a conversion of x86-64 does it, without what C++ leaves undefined.
uint64_t ToBits(double number) {
  constexpr double k63 = 9223372036854775808.0;
  if (number < 0)
    return static_cast<uint64_t>(number >= -k63 ? static_cast<int64_t>(number) : INT64_MIN);
  return number < 2 * k63 ? static_cast<uint64_t>(number) : 0;
}

void PackText(lua_State* lua, const Option& option, int& argument, std::string& out) {
  size_t size = 0;
  const char* text = luaL_checklstring(lua, argument++, &size);
  const size_t wanted = option.letter == 's' || option.size == 0 ? size : option.size;
  luaL_argcheck(lua, size >= wanted, argument, "string too short");
  out.append(text, wanted);
  if (option.letter == 's') out.push_back('\0');
}

// struct.pack(format, value ...)
int Pack(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  lua_pushnil(lua);  // what a value that is missing is called in the error
  std::string out;
  int argument = 2;
  while (!format.at_end()) {
    const Option option = format.Next(out.size());
    out.append(option.padding, '\0');
    const bool little = format.little_endian();
    switch (option.letter) {
      case 'b':
      case 'B':
      case 'h':
      case 'H':
      case 'l':
      case 'L':
      case 'T':
      case 'i':
      case 'I':
        AppendNumber(ToBits(luaL_checknumber(lua, argument++)), option.size, little, out);
        break;
      case 'x':
        out.push_back('\0');
        break;
      case 'f':
        AppendNumber(std::bit_cast<uint32_t>(static_cast<float>(luaL_checknumber(lua, argument++))),
                     option.size, little, out);
        break;
      case 'd':
        AppendNumber(std::bit_cast<uint64_t>(luaL_checknumber(lua, argument++)), option.size,
                     little, out);
        break;
      case 'c':
      case 's':
        PackText(lua, option, argument, out);
        break;
      default:
        format.Control(option.letter);
    }
  }
  lua_pushlstring(lua, out.data(), out.size());
  return 1;
}

void PushNumber(lua_State* lua, const Option& option, std::string_view bytes, bool little) {
  const uint64_t bits = ReadNumber(bytes, little);
  if (option.letter == 'f')
    return lua_pushnumber(lua, std::bit_cast<float>(static_cast<uint32_t>(bits)));
  if (option.letter == 'd') return lua_pushnumber(lua, std::bit_cast<double>(bits));
  const bool is_signed = std::islower(static_cast<unsigned char>(option.letter)) != 0;
  if (!is_signed) return lua_pushnumber(lua, static_cast<lua_Number>(bits));
  if (option.size == 0) return lua_pushnumber(lua, 0);
  const int unused = option.size < 8 ? static_cast<int>(64 - 8 * option.size) : 0;
  const auto high = static_cast<int64_t>(bits << unused);
  lua_pushnumber(lua, static_cast<lua_Number>(high >> unused));
}

// What has been read, where, and of what.
struct Data {
  std::string_view bytes;
  size_t place;

  bool Has(size_t size) const { return size <= bytes.size() && place <= bytes.size() - size; }
};

// Pushes a text and returns its size; "c0" takes the number that was read before as its size.
size_t PushText(lua_State* lua, const Option& option, const Data& data, int& count) {
  if (option.letter == 's') {
    const size_t end = data.bytes.find('\0', data.place);
    if (end == std::string_view::npos) luaL_error(lua, "unfinished string in data");
    lua_pushlstring(lua, data.bytes.data() + data.place, end - data.place);
    return end - data.place + 1;
  }
  size_t size = option.size;
  if (size == 0) {
    if (count == 0 || !lua_isnumber(lua, -1)) luaL_error(lua, "format 'c0' needs a previous size");
    size = ToBits(lua_tonumber(lua, -1));
    lua_pop(lua, 1);
    --count;
    luaL_argcheck(lua, data.Has(size), 2, "data string too short");
  }
  lua_pushlstring(lua, data.bytes.data() + data.place, size);
  return size;
}

// struct.unpack(format, bytes [, position]): the values, and the position behind them.
int Unpack(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  size_t size = 0;
  const char* bytes = luaL_checklstring(lua, 2, &size);
  const auto position = static_cast<size_t>(luaL_optinteger(lua, 3, 1));
  luaL_argcheck(lua, position > 0, 3, "offset must be 1 or greater");
  Data data{.bytes = {bytes, size}, .place = position - 1};
  int count = 0;
  while (!format.at_end()) {
    const Option option = format.Next(data.place);
    data.place += option.padding;
    luaL_argcheck(lua, data.Has(option.size), 2, "data string too short");
    luaL_checkstack(lua, 2, "too many results");
    const char letter = option.letter;
    if (letter == 'x') {
      ++data.place;
    } else if (letter == 'c' || letter == 's') {
      data.place += PushText(lua, option, data, count);
      ++count;
    } else if (std::strchr("bBhHlLTiIfd", letter)) {
      PushNumber(lua, option, data.bytes.substr(data.place, option.size), format.little_endian());
      data.place += option.size;
      ++count;
    } else {
      format.Control(letter);
    }
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(data.place + 1));
  return count + 1;
}

// struct.size(format)
int Size(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  size_t place = 0;
  while (!format.at_end()) {
    const Option option = format.Next(place);
    place += option.padding + option.size;
    if (option.letter == 's')
      luaL_argerror(lua, 1, "option 's' has no fixed size");
    else if (option.letter == 'c' && option.size == 0)
      luaL_argerror(lua, 1, "option 'c0' has no fixed size");
    if (!std::isalnum(static_cast<unsigned char>(option.letter))) format.Control(option.letter);
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(place));
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"pack", Pack}, {"unpack", Unpack}, {"size", Size}};

}  // namespace

int OpenStruct(lua_State* lua) {
  lua_newtable(lua);
  for (const luaL_Reg& function : kFunctions) {
    lua_pushcfunction(lua, function.func);
    lua_setfield(lua, -2, function.name);
  }
  return 1;
}

}  // namespace modcert::engine::scripting
