#include "engine/scripting/cmsgpack.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <lua.hpp>
#include <string>
#include <string_view>

namespace modcert::engine::scripting {
namespace {

// Tables inside of tables; what lies deeper becomes nil.
constexpr int kDepthMax = 16;

// The first bytes of the format that stand for a type and a size.
enum Marker : uint8_t {
  kFixMap = 0x80,
  kFixArray = 0x90,
  kFixString = 0xa0,
  kNil = 0xc0,
  kFalse = 0xc2,
  kTrue = 0xc3,
  kFloat = 0xca,
  kDouble = 0xcb,
  kUint8 = 0xcc,
  kUint16 = 0xcd,
  kUint32 = 0xce,
  kUint64 = 0xcf,
  kInt8 = 0xd0,
  kInt16 = 0xd1,
  kInt32 = 0xd2,
  kInt64 = 0xd3,
  kString8 = 0xd9,
  kString16 = 0xda,
  kString32 = 0xdb,
  kArray16 = 0xdc,
  kArray32 = 0xdd,
  kMap16 = 0xde,
  kMap32 = 0xdf,
  kNegativeFix = 0xe0,
};

// --- Packing

class Packer {
 public:
  explicit Packer(lua_State* lua) : lua_(lua) {}

  // Packs the value on top of the stack and pops it.
  void Pack(int depth) {
    luaL_checkstack(lua_, 4, "too deep a table to pack");
    const int type = lua_type(lua_, -1);
    if (type == LUA_TSTRING)
      String();
    else if (type == LUA_TBOOLEAN)
      Byte(lua_toboolean(lua_, -1) ? kTrue : kFalse);
    else if (type == LUA_TNUMBER)
      Number(lua_tonumber(lua_, -1));
    else if (type == LUA_TTABLE && depth < kDepthMax)
      Table(depth);
    else
      Byte(kNil);
    lua_pop(lua_, 1);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void Byte(uint64_t byte) { bytes_.push_back(static_cast<char>(byte)); }

  void BigEndian(uint64_t number, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) Byte(number >> shift & 0xff);
  }

  void Marked(Marker marker, uint64_t number, int size) {
    Byte(marker);
    BigEndian(number, size);
  }

  void Number(double number) {
    // Whole numbers that fit are integers; 2^63 itself does not fit.
    constexpr double kLimit = 9223372036854775808.0;
    if (number >= -kLimit && number < kLimit && std::trunc(number) == number)
      return Integer(static_cast<int64_t>(number));
    const auto single = static_cast<float>(number);
    if (static_cast<double>(single) == number)
      Marked(kFloat, std::bit_cast<uint32_t>(single), 4);
    else
      Marked(kDouble, std::bit_cast<uint64_t>(number), 8);
  }

  void Integer(int64_t number) {
    const auto bits = static_cast<uint64_t>(number);
    if (number >= 0) {
      if (number <= 0x7f)
        Byte(bits);
      else if (number <= 0xff)
        Marked(kUint8, bits, 1);
      else if (number <= 0xffff)
        Marked(kUint16, bits, 2);
      else if (number <= 0xffffffff)
        Marked(kUint32, bits, 4);
      else
        Marked(kUint64, bits, 8);
    } else if (number >= -32) {
      Byte(bits & 0xff);
    } else if (number >= INT8_MIN) {
      Marked(kInt8, bits, 1);
    } else if (number >= INT16_MIN) {
      Marked(kInt16, bits, 2);
    } else if (number >= INT32_MIN) {
      Marked(kInt32, bits, 4);
    } else {
      Marked(kInt64, bits, 8);
    }
  }

  void String() {
    size_t size = 0;
    const char* text = lua_tolstring(lua_, -1, &size);
    if (size < 32)
      Byte(kFixString | size);
    else if (size <= 0xff)
      Marked(kString8, size, 1);
    else if (size <= 0xffff)
      Marked(kString16, size, 2);
    else
      Marked(kString32, size, 4);
    bytes_.append(text, size);
  }

  // An array has the keys 1 .. n and no other.
  bool IsArray(size_t& count) const {
    count = 0;
    lua_Number max = 0;
    bool positions_only = true;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; lua_pop(lua_, 1)) {
      ++count;
      const lua_Number key = lua_type(lua_, -2) == LUA_TNUMBER ? lua_tonumber(lua_, -2) : 0;
      if (key <= 0 || std::trunc(key) != key) positions_only = false;
      max = std::max(max, key);
    }
    return positions_only && max == static_cast<lua_Number>(count);
  }

  void Table(int depth) {
    size_t count = 0;
    if (IsArray(count)) {
      Header(kFixArray, kArray16, kArray32, count);
      for (size_t i = 1; i <= count; ++i) {
        lua_rawgeti(lua_, -1, static_cast<int>(i));
        Pack(depth + 1);
      }
      return;
    }
    Header(kFixMap, kMap16, kMap32, count);
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pushvalue(lua_, -2);
      Pack(depth + 1);
      Pack(depth + 1);
    }
  }

  void Header(Marker fix, Marker medium, Marker large, size_t count) {
    if (count < 16)
      Byte(fix | count);
    else if (count <= 0xffff)
      Marked(medium, count, 2);
    else
      Marked(large, count, 4);
  }

  lua_State* lua_;
  std::string bytes_;
};

// cmsgpack.pack(value ...): one after the other.
int PackAll(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
  Packer packer(lua);
  for (int i = 1; i <= count; ++i) {
    luaL_checkstack(lua, 1, "too many arguments to pack");
    lua_pushvalue(lua, i);
    packer.Pack(0);
  }
  lua_pushlstring(lua, packer.bytes().data(), packer.bytes().size());
  return 1;
}

// --- Unpacking

class Unpacker {
 public:
  Unpacker(lua_State* lua, std::string_view rest) : lua_(lua), rest_(rest) {}

  size_t remaining() const { return rest_.size(); }

  // Pushes the next value; a wrong format is an error of Lua.
  void Unpack() {
    luaL_checkstack(lua_, 3, "too many return values at once; use unpack_one or unpack_limit");
    const auto marker = static_cast<uint8_t>(Take(1)[0]);
    if (marker < kFixMap) return lua_pushinteger(lua_, marker);
    if (marker >= kNegativeFix) return lua_pushinteger(lua_, static_cast<int8_t>(marker));
    if (marker < kFixArray) return Map(marker & 0x0f);
    if (marker < kFixString) return Array(marker & 0x0f);
    if (marker < kNil) return String(marker & 0x1f);
    Marked(marker);
  }

 private:
  void Marked(uint8_t marker) {
    switch (marker) {
      case kNil:
        return lua_pushnil(lua_);
      case kFalse:
      case kTrue:
        return lua_pushboolean(lua_, marker == kTrue);
      case kFloat:
        return lua_pushnumber(lua_, std::bit_cast<float>(static_cast<uint32_t>(Number(4))));
      case kDouble:
        return lua_pushnumber(lua_, std::bit_cast<double>(Number(8)));
      case kUint8:
      case kUint16:
      case kUint32:
      case kUint64:  // read as signed, so that the largest are negative
        return lua_pushnumber(
            lua_, static_cast<double>(static_cast<int64_t>(Number(1 << (marker - kUint8)))));
      case kInt8:
        return lua_pushnumber(lua_, static_cast<int8_t>(Number(1)));
      case kInt16:
        return lua_pushnumber(lua_, static_cast<int16_t>(Number(2)));
      case kInt32:
        return lua_pushnumber(lua_, static_cast<int32_t>(Number(4)));
      case kInt64:
        return lua_pushnumber(lua_, static_cast<double>(static_cast<int64_t>(Number(8))));
      case kString8:
      case kString16:
      case kString32:
        return String(Number(1 << (marker - kString8)));
      case kArray16:
      case kArray32:
        return Array(Number(marker == kArray16 ? 2 : 4));
      case kMap16:
      case kMap32:
        return Map(Number(marker == kMap16 ? 2 : 4));
      default:
        luaL_error(lua_, "Bad data format in input.");
    }
  }

  std::string_view Take(size_t size) {
    if (size > rest_.size()) luaL_error(lua_, "Missing bytes in input.");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  uint64_t Number(int size) {
    uint64_t number = 0;
    for (const char c : Take(static_cast<size_t>(size)))
      number = number << 8 | static_cast<unsigned char>(c);
    return number;
  }

  void String(size_t size) {
    const std::string_view text = Take(size);
    lua_pushlstring(lua_, text.data(), text.size());
  }

  void Array(size_t count) {
    lua_newtable(lua_);
    for (size_t i = 1; i <= count; ++i) {
      lua_pushnumber(lua_, static_cast<lua_Number>(i));
      Unpack();
      lua_settable(lua_, -3);
    }
  }

  void Map(size_t count) {
    lua_newtable(lua_);
    for (; count > 0; --count) {
      Unpack();
      Unpack();
      lua_settable(lua_, -3);
    }
  }

  lua_State* lua_;
  std::string_view rest_;
};

// Up to `limit` values from `offset` on; neither means all. With one of them the place where the
// next value begins comes first, or -1 at the end.
int UnpackFrom(lua_State* lua, lua_Integer limit, lua_Integer offset) {
  size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  if (offset < 0 || limit < 0)
    return luaL_error(lua, "Invalid request to unpack with offset of %d and limit of %d.",
                      static_cast<int>(offset), static_cast<int>(size));
  if (static_cast<size_t>(offset) > size)
    return luaL_error(lua, "Start offset %d greater than input length %d.",
                      static_cast<int>(offset), static_cast<int>(size));
  const bool whole = limit == 0 && offset == 0;
  Unpacker unpacker(lua, std::string_view(text, size).substr(static_cast<size_t>(offset)));
  int count = 0;
  while (unpacker.remaining() > 0 && (whole || limit == 0 || count < limit)) {
    unpacker.Unpack();
    ++count;
  }
  if (whole) return count;
  luaL_checkstack(lua, 1, "in function mp_unpack_full");
  const size_t left = unpacker.remaining();
  lua_pushinteger(lua, left == 0 ? -1 : static_cast<lua_Integer>(size - left));
  lua_insert(lua, -1 - count);
  return count + 1;
}

// cmsgpack.unpack(bytes)
int UnpackAll(lua_State* lua) { return UnpackFrom(lua, 0, 0); }

// cmsgpack.unpack_one(bytes [, offset])
int UnpackOne(lua_State* lua) {
  const lua_Integer offset = luaL_optinteger(lua, 2, 0);
  lua_settop(lua, 1);
  return UnpackFrom(lua, 1, offset);
}

// cmsgpack.unpack_limit(bytes, limit [, offset])
int UnpackLimit(lua_State* lua) {
  const lua_Integer limit = luaL_checkinteger(lua, 2);
  const lua_Integer offset = luaL_optinteger(lua, 3, 0);
  lua_settop(lua, 1);
  return UnpackFrom(lua, limit, offset);
}

constexpr luaL_Reg kFunctions[] = {
    {"pack", PackAll},
    {"unpack", UnpackAll},
    {"unpack_one", UnpackOne},
    {"unpack_limit", UnpackLimit},
};

// What scripts can read about the library.
constexpr const char* kFacts[][2] = {
    {"_NAME", "cmsgpack"},
    {"_VERSION", "lua-cmsgpack 0.4.0"},
    {"_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo"},
    {"_DESCRIPTION", "MessagePack C implementation for Lua"},
};

}  // namespace

int OpenCmsgpack(lua_State* lua) {
  lua_newtable(lua);
  for (const luaL_Reg& function : kFunctions) {
    lua_pushcfunction(lua, function.func);
    lua_setfield(lua, -2, function.name);
  }
  for (const auto& fact : kFacts) {
    lua_pushstring(lua, fact[1]);
    lua_setfield(lua, -2, fact[0]);
  }
  return 1;
}

}  // namespace modcert::engine::scripting
