#include "engine/scripting/lua_to_reply.h"

#include <algorithm>
#include <cmath>
#include <lua.hpp>
#include <optional>

#include "engine/scripting/reply_to_lua.h"

namespace modcert::engine::scripting {
namespace {

using resp::Value;

// Deeper than this the reply is an error: so deep a real server's Lua stack is full.
constexpr int kDepthMax = 7900;

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
class Converter {
 public:
  Converter(lua_State* lua, resp::Protocol protocol) : lua_(lua), protocol_(protocol) {}

  // Converts the value on top of the stack and pops it.
  Value Take() {
    // TakeTable needs a few places, and each level of nesting keeps some.
    if (depth_ >= kDepthMax || !lua_checkstack(lua_, 8)) {
      lua_pop(lua_, 1);
      return Error("ERR reached lua stack limit", Counted::kNo);
    }
    ++depth_;
    Value value = Convert();
    --depth_;
    lua_pop(lua_, 1);
    return value;
  }

  ScriptReply result = {};

 private:
  Value Convert() {
    switch (lua_type(lua_, -1)) {
      case LUA_TSTRING:
        return Value::Bulk(TextAt(lua_, -1));
      case LUA_TBOOLEAN:
        return Boolean(lua_toboolean(lua_, -1) != 0);
      case LUA_TNUMBER:
        return Value::Integer(Truncated(lua_tonumber(lua_, -1)));
      case LUA_TTABLE:
        return Table();
      default:
        return Value::Null();
    }
  }

  Value Boolean(bool flag) const {
    if (protocol_ == resp::Protocol::kResp3) return Value::Bool(flag);
    return flag ? Value::Integer(1) : Value::Null();
  }

  // The first field that gives the table a meaning wins.
  Value Table() {
    if (PushField("err", LUA_TSTRING)) return ErrorTable();
    if (PushField("ok", LUA_TSTRING)) return Pop(Value::Simple(OneLine(TextAt(lua_, -1))));
    if (PushField("double", LUA_TNUMBER)) return Pop(Value::Double(lua_tonumber(lua_, -1)));
    if (PushField("map", LUA_TTABLE)) return Map();
    if (PushField("set", LUA_TTABLE)) return Set();
    if (PushField("big_number", LUA_TSTRING))
      return Pop(Value::BigNumber(OneLine(TextAt(lua_, -1))));
    if (PushField("verbatim_string", LUA_TTABLE)) {
      std::optional<Value> verbatim = Verbatim();
      lua_pop(lua_, 1);
      if (verbatim) return *std::move(verbatim);
    }
    return Array();
  }

  // Pushes the field when it has that type: numbers are no strings here.
  bool PushField(const char* name, int type) {
    lua_pushstring(lua_, name);
    lua_rawget(lua_, -2);
    if (lua_type(lua_, -1) == type) return true;
    lua_pop(lua_, 1);
    return false;
  }

  Value Pop(Value value) {
    lua_pop(lua_, 1);
    return value;
  }

  Value ErrorTable() {
    const std::string text = OneLine(TextAt(lua_, -1));
    lua_pop(lua_, 1);
    Counted counted = Counted::kNo;
    if (PushField(kCountedField, LUA_TBOOLEAN)) {
      if (lua_toboolean(lua_, -1)) counted = Counted::kYes;
      lua_pop(lua_, 1);
    }
    return Error(text, counted);
  }

  Value Error(std::string_view text, Counted counted) {
    result.failed = true;
    if (counted == Counted::kNo) result.to_be_counted.emplace_back(text);
    return Value::Error(text);
  }

  Value Map() {
    std::vector<Value> children;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pushvalue(lua_, -2);
      children.push_back(Take());
      children.push_back(Take());
    }
    return Pop(Value::Map(std::move(children)));
  }

  // The keys are the elements.
  Value Set() {
    std::vector<Value> children;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pop(lua_, 1);
      lua_pushvalue(lua_, -1);
      children.push_back(Take());
    }
    return Pop(Value::Set(std::move(children)));
  }

  std::optional<Value> Verbatim() {
    if (!PushField("string", LUA_TSTRING)) return std::nullopt;
    const std::string text(TextAt(lua_, -1));
    lua_pop(lua_, 1);
    if (!PushField("format", LUA_TSTRING)) return std::nullopt;
    std::string format(TextAt(lua_, -1));
    lua_pop(lua_, 1);
    format.resize(3, ' ');
    return Value::Verbatim(format, text);
  }

  // Until the first nil.
  Value Array() {
    std::vector<Value> children;
    for (int i = 1;; ++i) {
      lua_rawgeti(lua_, -1, i);
      if (lua_isnil(lua_, -1)) break;
      children.push_back(Take());
    }
    return Pop(Value::Array(std::move(children)));
  }

  lua_State* lua_;
  resp::Protocol protocol_;
  int depth_ = 0;
};

}  // namespace

ScriptReply TakeReply(lua_State* lua, resp::Protocol protocol) {
  Converter converter(lua, protocol);
  converter.result.value = converter.Take();
  return std::move(converter.result);
}

std::string OneLine(std::string_view text) {
  std::string line(text.substr(0, text.find('\0')));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return line;
}

}  // namespace modcert::engine::scripting
