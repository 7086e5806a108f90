#include "engine/scripting/lua_to_reply.h"

#include <algorithm>
#include <lua.hpp>

#include "engine/scripting/reply_to_lua.h"

namespace modcert::engine::scripting {
namespace {

using resp::Value;

std::string_view TextAt(lua_State* lua, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return {text, size};
}

// As a conversion of x86-64 does it: what does not fit is the smallest number.
int64_t Truncated(double number) {
  constexpr double kLimit = 9223372036854775808.0;
  if (!(number >= -kLimit && number < kLimit)) return INT64_MIN;
  return static_cast<int64_t>(number);
}

// A walk over one value; the members collect what is found on the way.
//
// A table that contains itself is as deep as Lua's stack allows, some 8000 levels. So what is on
// the C++ stack between one level and the next is kept small: containers fill a value in place, and
// what has temporaries is in functions that do not recurse.
class Converter {
 public:
  Converter(lua_State* lua, resp::Protocol protocol) : lua_(lua), protocol_(protocol) {}

  // Converts the value on top of the stack and pops it.
  void Take(Value& out) {
    if (!lua_checkstack(lua_, 4))
      out = Error("ERR reached lua stack limit", Counted::kNo);
    else if (lua_istable(lua_, -1))
      Table(out);
    else
      out = Scalar();
    lua_pop(lua_, 1);
  }

  ScriptReply result = {};

 private:
  Value Scalar() const {
    switch (lua_type(lua_, -1)) {
      case LUA_TSTRING:
        return Value::Bulk(TextAt(lua_, -1));
      case LUA_TBOOLEAN:
        return Boolean(lua_toboolean(lua_, -1) != 0);
      case LUA_TNUMBER:
        return Value::Integer(Truncated(lua_tonumber(lua_, -1)));
      default:
        return Value::Null();
    }
  }

  Value Boolean(bool flag) const {
    if (protocol_ == resp::Protocol::kResp3) return Value::Bool(flag);
    return flag ? Value::Integer(1) : Value::Null();
  }

  // The first field that gives the table a meaning wins.
  void Table(Value& out) {
    if (ErrorStatusOrDouble(out)) return;
    if (PushField("map", LUA_TTABLE)) return Map(out);
    if (PushField("set", LUA_TTABLE)) return Set(out);
    if (!BigNumberOrVerbatim(out)) Array(out);
  }

  // Pushes the field when it has that type: numbers are no strings here.
  bool PushField(const char* name, int type) {
    lua_pushstring(lua_, name);
    lua_rawget(lua_, -2);
    if (lua_type(lua_, -1) == type) return true;
    lua_pop(lua_, 1);
    return false;
  }

  bool ErrorStatusOrDouble(Value& out) {
    if (PushField("err", LUA_TSTRING)) {
      const std::string text = OneLine(TextAt(lua_, -1));
      lua_pop(lua_, 1);
      out = Error(text, IsCounted());
      return true;
    }
    if (PushField("ok", LUA_TSTRING))
      out = Value::Simple(OneLine(TextAt(lua_, -1)));
    else if (PushField("double", LUA_TNUMBER))
      out = Value::Double(lua_tonumber(lua_, -1));
    else
      return false;
    lua_pop(lua_, 1);
    return true;
  }

  bool BigNumberOrVerbatim(Value& out) {
    if (PushField("big_number", LUA_TSTRING)) {
      out = Value::BigNumber(OneLine(TextAt(lua_, -1)));
      lua_pop(lua_, 1);
      return true;
    }
    if (!PushField("verbatim_string", LUA_TTABLE)) return false;
    const bool complete = Verbatim(out);
    lua_pop(lua_, 1);
    return complete;
  }

  bool Verbatim(Value& out) {
    if (!PushField("string", LUA_TSTRING)) return false;
    const std::string text(TextAt(lua_, -1));
    lua_pop(lua_, 1);
    if (!PushField("format", LUA_TSTRING)) return false;
    std::string format(TextAt(lua_, -1));
    lua_pop(lua_, 1);
    format.resize(3, ' ');
    out = Value::Verbatim(format, text);
    return true;
  }

  // Whether the error table on top of the stack has the mark.
  Counted IsCounted() {
    if (!PushField(kCountedField, LUA_TBOOLEAN)) return Counted::kNo;
    const bool counted = lua_toboolean(lua_, -1) != 0;
    lua_pop(lua_, 1);
    return counted ? Counted::kYes : Counted::kNo;
  }

  Value Error(std::string_view text, Counted counted) {
    result.failed = true;
    if (counted == Counted::kNo) result.to_be_counted.emplace_back(text);
    return Value::Error(text);
  }

  void Map(Value& out) {
    out.type = resp::Type::kMap;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pushvalue(lua_, -2);
      Take(out.children.emplace_back());
      Take(out.children.emplace_back());
    }
    lua_pop(lua_, 1);
  }

  // The keys are the elements.
  void Set(Value& out) {
    out.type = resp::Type::kSet;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pop(lua_, 1);
      lua_pushvalue(lua_, -1);
      Take(out.children.emplace_back());
    }
    lua_pop(lua_, 1);
  }

  // Until the first nil.
  void Array(Value& out) {
    out.type = resp::Type::kArray;
    for (int i = 1;; ++i) {
      lua_rawgeti(lua_, -1, i);
      if (lua_isnil(lua_, -1)) break;
      Take(out.children.emplace_back());
    }
    lua_pop(lua_, 1);
  }

  lua_State* lua_;
  resp::Protocol protocol_;
};

}  // namespace

ScriptReply TakeReply(lua_State* lua, resp::Protocol protocol) {
  Converter converter(lua, protocol);
  resp::Value value;
  converter.Take(value);
  converter.result.value = std::move(value);
  return std::move(converter.result);
}

std::string OneLine(std::string_view text) {
  std::string line(text.substr(0, text.find('\0')));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return line;
}

}  // namespace modcert::engine::scripting
