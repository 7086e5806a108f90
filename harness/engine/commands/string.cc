// The string commands.
//
// What writes goes through Store() (a value in place of whatever the key holds) or through a handle
// (a change of the string that is there).

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/expire_time.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

enum class KeepTtl { kNo, kYes };

// The bytes of a string key as a reply; null when there is none.
resp::Value BytesOrNull(const String* string) {
  return string ? resp::Value::Bulk(string->bytes()) : resp::Value::Null();
}

// Puts a string in place of whatever the key holds. The caller counts and notifies.
String& Store(CommandCall& call, std::string_view key, std::string_view bytes,
              KeepTtl keep_ttl = KeepTtl::kNo) {
  call.keyspace().FindForWrite(call.client.db, key);  // an expired value goes first
  Entry& entry =
      call.keyspace().Put(call.client.db, key, Value(String(bytes)), keep_ttl == KeepTtl::kYes);
  call.Touched(key);
  return std::get<String>(entry.value);
}

// SET, SETNX, SETEX and PSETEX differ in how they come to these options.
struct SetOptions {
  enum class Condition { kAlways, kNotExists, kExists };

  Condition condition = Condition::kAlways;
  bool get = false;
  KeepTtl keep_ttl = KeepTtl::kNo;
  std::optional<TimeFormat> time_format = {};
  int time_index = 0;  // the argument with the time
};

// Recognises EX, PX, EXAT and PXAT.
std::optional<TimeFormat> TimeOption(const CommandCall& call, int index) {
  if (call.ArgIs(index, "EX")) return kEx;
  if (call.ArgIs(index, "PX")) return kPx;
  if (call.ArgIs(index, "EXAT")) return kExAt;
  if (call.ArgIs(index, "PXAT")) return kPxAt;
  return std::nullopt;
}

// Takes a time option and its argument; false when it clashes with what came before. The same
// option may come twice: the later one counts.
bool TakeTime(const CommandCall& call, int& index, TimeFormat format,
              std::optional<TimeFormat>& taken, int& time_index) {
  if (index + 1 >= call.argc()) return false;
  if (taken && (taken->unit != format.unit || taken->base != format.base)) return false;
  taken = format;
  time_index = ++index;
  return true;
}

bool TakeCondition(SetOptions& options, SetOptions::Condition condition) {
  if (options.condition != SetOptions::Condition::kAlways && options.condition != condition)
    return false;
  options.condition = condition;
  return true;
}

// The options of SET behind key and value; nothing for a syntax error.
std::optional<SetOptions> ParseSetOptions(const CommandCall& call) {
  using Condition = SetOptions::Condition;
  SetOptions options;
  for (int i = 3; i < call.argc(); ++i) {
    bool fits = true;
    if (call.ArgIs(i, "NX")) {
      fits = TakeCondition(options, Condition::kNotExists);
    } else if (call.ArgIs(i, "XX")) {
      fits = TakeCondition(options, Condition::kExists);
    } else if (call.ArgIs(i, "GET")) {
      options.get = true;
    } else if (call.ArgIs(i, "KEEPTTL")) {
      fits = !options.time_format;
      options.keep_ttl = KeepTtl::kYes;
    } else if (const auto format = TimeOption(call, i)) {
      fits = options.keep_ttl == KeepTtl::kNo &&
             TakeTime(call, i, *format, options.time_format, options.time_index);
    } else {
      fits = false;
    }
    if (!fits) return std::nullopt;
  }
  return options;
}

// What replicas get for a SET: the absolute time in place of all options, or no GET.
void PropagateSet(CommandCall& call, const std::string& key, const std::string& bytes,
                  const SetOptions& options, std::optional<int64_t> expire_at_ms) {
  if (expire_at_ms) {
    call.PropagateAs({"SET", key, bytes, "PXAT", std::to_string(*expire_at_ms)});
  } else if (options.get) {
    Args args(call.args.begin(), call.args.begin() + 3);
    for (int i = 3; i < call.argc(); ++i)
      if (!call.ArgIs(i, "GET")) args.push_back(call.arg(i));
    call.PropagateAs(std::move(args));
  }
}

bool ConditionHolds(CommandCall& call, const std::string& key, const SetOptions& options) {
  if (options.condition == SetOptions::Condition::kAlways) return true;
  const bool exists = call.keyspace().FindForWrite(call.client.db, key) != nullptr;
  return exists == (options.condition == SetOptions::Condition::kExists);
}

// `refused` is the answer when the condition does not hold.
Reply SetWithOptions(CommandCall& call, const std::string& key, const std::string& bytes,
                     const SetOptions& options, Reply done, Reply refused) {
  std::optional<int64_t> expire_at_ms;
  if (options.time_format) {
    auto time = ExpireTimeArg(call, options.time_index, *options.time_format, AllowPast::kNo);
    if (!time) return time.error();
    expire_at_ms = *time;
  }
  if (options.get) {
    auto old = call.Read<String>(key);
    if (!old) return old.error();
    done = refused = BytesOrNull(*old);
  }
  if (!ConditionHolds(call, key, options)) return refused;

  Store(call, key, bytes, options.keep_ttl);
  call.AddDirty(1);
  call.Notify(EventClass::kString, "set", key);
  if (expire_at_ms) {
    call.keyspace().SetExpiry(call.client.db, key, *expire_at_ms);
    call.Notify(EventClass::kGeneric, "expire", key);
  }
  PropagateSet(call, key, bytes, options, expire_at_ms);
  return done;
}

// SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]
Reply Set(CommandCall& call) {
  const std::optional<SetOptions> options = ParseSetOptions(call);
  if (!options) return Reply::SyntaxError();
  return SetWithOptions(call, call.arg(1), call.arg(2), *options, Reply::Ok(), Reply::Null());
}

// SETNX key value
Reply SetNx(CommandCall& call) {
  return SetWithOptions(call, call.arg(1), call.arg(2),
                        {.condition = SetOptions::Condition::kNotExists}, Reply::Integer(1),
                        Reply::Integer(0));
}

// SETEX key seconds value
Reply SetEx(CommandCall& call) {
  return SetWithOptions(call, call.arg(1), call.arg(3), {.time_format = kEx, .time_index = 2},
                        Reply::Ok(), Reply::Null());
}

// PSETEX key milliseconds value
Reply PSetEx(CommandCall& call) {
  return SetWithOptions(call, call.arg(1), call.arg(3), {.time_format = kPx, .time_index = 2},
                        Reply::Ok(), Reply::Null());
}

// GET key
Reply Get(CommandCall& call) {
  auto string = call.Read<String>(call.arg(1));
  if (!string) return string.error();
  return BytesOrNull(*string);
}

struct GetExOptions {
  bool persist = false;
  std::optional<TimeFormat> time_format = {};
  int time_index = 0;
};

// The options of GETEX behind the key; nothing for a syntax error.
std::optional<GetExOptions> ParseGetExOptions(const CommandCall& call) {
  GetExOptions options;
  for (int i = 2; i < call.argc(); ++i) {
    bool fits = true;
    if (call.ArgIs(i, "PERSIST")) {
      fits = !options.time_format;
      options.persist = true;
    } else if (const auto format = TimeOption(call, i)) {
      fits =
          !options.persist && TakeTime(call, i, *format, options.time_format, options.time_index);
    } else {
      fits = false;
    }
    if (!fits) return std::nullopt;
  }
  return options;
}

// Gives the key a time to live; one that is over already deletes it.
void ExpireFromGetEx(CommandCall& call, const std::string& key, int64_t expire_at_ms) {
  if (call.keyspace().DeletesAtOnce(expire_at_ms)) {
    call.keyspace().Remove(call.client.db, key);
    call.PropagateAs({"DEL", key});
    call.Changed(EventClass::kGeneric, "del", key);
    return;
  }
  call.keyspace().SetExpiry(call.client.db, key, expire_at_ms);
  call.PropagateAs({"PEXPIREAT", key, std::to_string(expire_at_ms)});
  call.Changed(EventClass::kGeneric, "expire", key);
}

// GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]
Reply GetEx(CommandCall& call) {
  const std::string& key = call.arg(1);
  const std::optional<GetExOptions> options = ParseGetExOptions(call);
  if (!options) return Reply::SyntaxError();
  auto string = call.Read<String>(key);
  if (!string) return string.error();
  if (!*string) return Reply::Null();
  const Reply reply = BytesOrNull(*string);
  if (options->time_format) {
    auto time = ExpireTimeArg(call, options->time_index, *options->time_format, AllowPast::kNo);
    if (!time) return time.error();
    ExpireFromGetEx(call, key, *time);
  } else if (options->persist &&
             call.keyspace().Peek(call.client.db, key)->expire_at_ms != kNoExpiry) {
    call.keyspace().SetExpiry(call.client.db, key, kNoExpiry);
    call.PropagateAs({"PERSIST", key});
    call.Changed(EventClass::kGeneric, "persist", key);
  }
  return reply;
}

// GETDEL key
Reply GetDel(CommandCall& call) {
  auto string = call.Read<String>(call.arg(1));
  if (!string) return string.error();
  if (!*string) return Reply::Null();
  const Reply reply = BytesOrNull(*string);
  call.keyspace().Remove(call.client.db, call.arg(1));
  call.PropagateAs({"DEL", call.arg(1)});
  call.Changed(EventClass::kGeneric, "del", call.arg(1));
  return reply;
}

// GETSET key value
Reply GetSet(CommandCall& call) {
  auto string = call.Read<String>(call.arg(1));
  if (!string) return string.error();
  const Reply reply = BytesOrNull(*string);
  Store(call, call.arg(1), call.arg(2));
  call.Notify(EventClass::kString, "set", call.arg(1));
  call.AddDirty(1);
  call.PropagateAs({"SET", call.arg(1), call.arg(2)});
  return reply;
}

// MGET key [key ...]: a key of another type counts as missing.
Reply MGet(CommandCall& call) {
  std::vector<resp::Value> values;
  for (int i = 1; i < call.argc(); ++i) {
    auto string = call.Read<String>(call.arg(i));
    values.push_back(string ? BytesOrNull(*string) : resp::Value::Null());
  }
  return Reply::Array(std::move(values));
}

void StorePairs(CommandCall& call) {
  for (int i = 1; i < call.argc(); i += 2) {
    Store(call, call.arg(i), call.arg(i + 1));
    call.Notify(EventClass::kString, "set", call.arg(i));
  }
  call.AddDirty((call.argc() - 1) / 2);
}

// MSET key value [key value ...]
Reply MSet(CommandCall& call) {
  if (call.argc() % 2 == 0) return Reply::WrongArity("mset");
  StorePairs(call);
  return Reply::Ok();
}

// MSETNX key value [key value ...]: all or none.
Reply MSetNx(CommandCall& call) {
  if (call.argc() % 2 == 0) return Reply::WrongArity("msetnx");
  for (int i = 1; i < call.argc(); i += 2)
    if (call.keyspace().FindForWrite(call.client.db, call.arg(i))) return Reply::Integer(0);
  StorePairs(call);
  return Reply::Integer(1);
}

// INCR, DECR, INCRBY and DECRBY. The time to live stays.
Reply Increment(CommandCall& call, int64_t increment) {
  auto string = call.OpenForWrite<String>(call.arg(1));
  if (!string) return string.error();
  int64_t number = 0;
  if (string->exists()) {
    const std::optional<int64_t> old = ParseInteger((*string)->bytes());
    if (!old) return Reply::NotAnInteger();
    number = *old;
  }
  if (__builtin_add_overflow(number, increment, &number))
    return Reply::Error("ERR increment or decrement would overflow");
  string->Create().Assign(std::to_string(number));
  call.Changed(EventClass::kString, "incrby", call.arg(1));
  return Reply::Integer(number);
}

// INCR key
Reply Incr(CommandCall& call) { return Increment(call, 1); }

// DECR key
Reply Decr(CommandCall& call) { return Increment(call, -1); }

// INCRBY key increment
Reply IncrBy(CommandCall& call) {
  auto increment = call.IntegerArg(2);
  return increment ? Increment(call, *increment) : increment.error();
}

// DECRBY key decrement
Reply DecrBy(CommandCall& call) {
  auto decrement = call.IntegerArg(2);
  if (!decrement) return decrement.error();
  if (*decrement == std::numeric_limits<int64_t>::min())
    return Reply::Error("ERR decrement would overflow");
  return Increment(call, -*decrement);
}

// INCRBYFLOAT key increment: replicas get the result, so that their arithmetic does not matter.
Reply IncrByFloat(CommandCall& call) {
  auto string = call.OpenForWrite<String>(call.arg(1));
  if (!string) return string.error();
  const std::optional<long double> old =
      string->exists() ? ParseLongDouble((*string)->bytes()) : std::optional<long double>(0);
  const std::optional<long double> increment = ParseLongDouble(call.arg(2));
  if (!old || !increment) return Reply::NotAFloat();
  const long double sum = *old + *increment;
  if (std::isnan(sum) || std::isinf(sum))
    return Reply::Error("ERR increment would produce NaN or Infinity");
  const std::string text = LongDoubleToHumanText(sum);
  string->Create().AssignText(text);
  call.Changed(EventClass::kString, "incrbyfloat", call.arg(1));
  call.PropagateAs({"SET", call.arg(1), text, "KEEPTTL"});
  return Reply::Bulk(text);
}

// True when a string of that size may exist.
bool SizeAllowed(const CommandCall& call, uint64_t size) {
  return size <= static_cast<uint64_t>(call.server.config.proto_max_bulk_len);
}

Reply StringTooLong() {
  return Reply::Error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}

// APPEND key value
Reply Append(CommandCall& call) {
  auto string = call.OpenForWrite<String>(call.arg(1));
  if (!string) return string.error();
  if (!string->exists()) {
    string->Create().Assign(call.arg(2));
  } else {
    if (!SizeAllowed(call, (*string)->size() + call.arg(2).size())) return StringTooLong();
    (*string)->Edit() += call.arg(2);
  }
  call.Changed(EventClass::kString, "append", call.arg(1));
  return Reply::Integer(static_cast<int64_t>((*string)->size()));
}

// STRLEN key
Reply StrLen(CommandCall& call) {
  auto string = call.Read<String>(call.arg(1));
  if (!string) return string.error();
  return Reply::Integer(*string ? static_cast<int64_t>((*string)->size()) : 0);
}

// SETRANGE key offset value: zero bytes fill a gap.
Reply SetRange(CommandCall& call) {
  auto offset = call.IntegerArg(2);
  if (!offset) return offset.error();
  if (*offset < 0) return Reply::Error("ERR offset is out of range");
  auto string = call.OpenForWrite<String>(call.arg(1));
  if (!string) return string.error();
  const std::string& bytes = call.arg(3);
  if (bytes.empty())
    return Reply::Integer(string->exists() ? static_cast<int64_t>((*string)->size()) : 0);
  const uint64_t end = static_cast<uint64_t>(*offset) + bytes.size();
  if (!SizeAllowed(call, end)) return StringTooLong();
  std::string& edited = string->Create().Edit();
  if (edited.size() < end) edited.resize(end);
  edited.replace(static_cast<size_t>(*offset), bytes.size(), bytes);
  call.Changed(EventClass::kString, "setrange", call.arg(1));
  return Reply::Integer(static_cast<int64_t>(edited.size()));
}

// Part of `bytes` from `start` to `end`, both included; negative ones count from the end.
std::string_view Slice(std::string_view bytes, int64_t start, int64_t end) {
  const auto size = static_cast<int64_t>(bytes.size());
  if (start < 0 && end < 0 && start > end) return {};
  if (start < 0) start = std::max<int64_t>(size + start, 0);
  if (end < 0) end = std::max<int64_t>(size + end, 0);
  end = std::min(end, size - 1);
  if (start > end || size == 0) return {};
  return bytes.substr(static_cast<size_t>(start), static_cast<size_t>(end - start + 1));
}

// GETRANGE key start end; SUBSTR is its old name.
Reply GetRange(CommandCall& call) {
  auto start = call.IntegerArg(2);
  if (!start) return start.error();
  auto end = call.IntegerArg(3);
  if (!end) return end.error();
  auto string = call.Read<String>(call.arg(1));
  if (!string) return string.error();
  return Reply::Bulk(*string ? Slice((*string)->bytes(), *start, *end) : "");
}

constexpr CommandRow kTable[] = {
    {.name = "set", .run = Set},           {.name = "setnx", .run = SetNx},
    {.name = "setex", .run = SetEx},       {.name = "psetex", .run = PSetEx},
    {.name = "get", .run = Get},           {.name = "getex", .run = GetEx},
    {.name = "getdel", .run = GetDel},     {.name = "getset", .run = GetSet},
    {.name = "mget", .run = MGet},         {.name = "mset", .run = MSet},
    {.name = "msetnx", .run = MSetNx},     {.name = "incr", .run = Incr},
    {.name = "decr", .run = Decr},         {.name = "incrby", .run = IncrBy},
    {.name = "decrby", .run = DecrBy},     {.name = "incrbyfloat", .run = IncrByFloat},
    {.name = "append", .run = Append},     {.name = "strlen", .run = StrLen},
    {.name = "setrange", .run = SetRange}, {.name = "getrange", .run = GetRange},
    {.name = "substr", .run = GetRange},
};

}  // namespace

std::span<const CommandRow> StringCommands() { return kTable; }

}  // namespace modcert::engine
