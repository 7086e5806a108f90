// The hash commands.

#include <cmath>
#include <limits>

#include "base/double_to_text.h"
#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/option_word.h"
#include "engine/commands/random_count.h"
#include "engine/commands/scan_options.h"
#include "engine/commands/tables.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

using resp::Value;

// The fields among the arguments from 2 on, every second one; none when nobody looks at them.
std::vector<std::string> FieldArgs(const CommandCall& call) {
  std::vector<std::string> fields;
  if (!call.server.notifier.wants_subkeys) return fields;
  for (int i = 2; i < call.argc(); i += 2) fields.push_back(call.arg(i));
  return fields;
}

// Sets the field-value pairs behind the key; the number of fields that are new, or an error.
Found<int64_t> SetFields(CommandCall& call) {
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  Hash& fields = hash->Create();
  int64_t added = 0;
  for (int i = 2; i + 1 < call.argc(); i += 2) added += fields.Set(call.arg(i), call.arg(i + 1));
  call.ChangedFields("hset", call.arg(1), FieldArgs(call), (call.argc() - 2) / 2);
  return added;
}

// HSET key field value [field value ...]
Reply HSet(CommandCall& call) {
  if (call.argc() % 2 != 0) return Reply::WrongArity("hset");
  auto added = SetFields(call);
  return added ? Reply::Integer(*added) : added.error();
}

// HMSET key field value [field value ...]
Reply HMSet(CommandCall& call) {
  if (call.argc() % 2 != 0) return Reply::WrongArity("hmset");
  auto added = SetFields(call);
  return added ? Reply::Ok() : added.error();
}

// HSETNX key field value: sets a field that does not exist yet.
Reply HSetNx(CommandCall& call) {
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  // An existing field stays: nothing is propagated, no event fires, WATCH does not notice.
  if (hash->exists() && (*hash)->Contains(call.arg(2))) return Reply::Integer(0);
  hash->Create().Set(call.arg(2), call.arg(3));
  call.ChangedFields("hset", call.arg(1), call.args.subspan(2, 1));
  return Reply::Integer(1);
}

Value FieldReply(const Hash* hash, const std::string& field) {
  const std::string* value = hash ? hash->Get(field) : nullptr;
  return value ? Value::Bulk(*value) : Value::Null();
}

// HGET key field
Reply HGet(CommandCall& call) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  return FieldReply(*hash, call.arg(2));
}

// HMGET key field [field ...]
Reply HMGet(CommandCall& call) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  std::vector<Value> values;
  for (int i = 2; i < call.argc(); ++i) values.push_back(FieldReply(*hash, call.arg(i)));
  return Reply::Array(std::move(values));
}

// HDEL key field [field ...]
Reply HDel(CommandCall& call) {
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  if (!hash->exists()) return Reply::Integer(0);
  std::vector<std::string> removed;
  for (int i = 2; i < call.argc(); ++i)
    if ((*hash)->Remove(call.arg(i))) removed.push_back(call.arg(i));
  const auto count = static_cast<int64_t>(removed.size());
  if (count > 0) call.ChangedFields("hdel", call.arg(1), removed, count);
  return Reply::Integer(count);
}

// HEXISTS key field
Reply HExists(CommandCall& call) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  return Reply::Integer(*hash && (*hash)->Contains(call.arg(2)));
}

// HLEN key
Reply HLen(CommandCall& call) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  return Reply::Integer(*hash ? static_cast<int64_t>((*hash)->size()) : 0);
}

// HSTRLEN key field
Reply HStrLen(CommandCall& call) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  const std::string* value = *hash ? (*hash)->Get(call.arg(2)) : nullptr;
  return Reply::Integer(value ? static_cast<int64_t>(value->size()) : 0);
}

// HINCRBY key field increment
Reply HIncrBy(CommandCall& call) {
  const std::optional<int64_t> increment = ParseInteger(call.arg(3));
  if (!increment) return Reply::NotAnInteger();
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  int64_t number = 0;
  if (const std::string* old = hash->exists() ? (*hash)->Get(call.arg(2)) : nullptr) {
    const std::optional<int64_t> parsed = ParseInteger(*old);
    if (!parsed) return Reply::Error("ERR hash value is not an integer");
    number = *parsed;
  }
  if (__builtin_add_overflow(number, *increment, &number))
    return Reply::Error("ERR increment or decrement would overflow");
  hash->Create().SetKeepingExpiry(call.arg(2), std::to_string(number));
  call.ChangedFields("hincrby", call.arg(1), call.args.subspan(2, 1));
  return Reply::Integer(number);
}

// HINCRBYFLOAT key field increment
Reply HIncrByFloat(CommandCall& call) {
  const std::optional<long double> increment = ParseLongDouble(call.arg(3));
  if (!increment) return Reply::NotAFloat();
  if (!std::isfinite(*increment)) return Reply::Error("ERR value is NaN or Infinity");
  auto hash = call.OpenForWrite<Hash>(call.arg(1));
  if (!hash) return hash.error();
  long double number = 0;
  if (const std::string* old = hash->exists() ? (*hash)->Get(call.arg(2)) : nullptr) {
    const std::optional<long double> parsed = ParseLongDouble(*old);
    if (!parsed) return Reply::Error("ERR hash value is not a float");
    number = *parsed;
  }
  number += *increment;
  if (!std::isfinite(number)) return Reply::Error("ERR increment would produce NaN or Infinity");
  const std::string text = LongDoubleToHumanText(number);
  hash->Create().SetKeepingExpiry(call.arg(2), text);
  call.ChangedFields("hincrbyfloat", call.arg(1), call.args.subspan(2, 1));
  // Replicas get the result, so that differences in rounding cannot part them.
  call.PropagateAs({"HSET", call.arg(1), call.arg(2), text});
  if (const auto at_ms = (*hash)->ExpiryOf(call.arg(2)))
    call.PropagateAlso(
        {"HPEXPIREAT", call.arg(1), std::to_string(*at_ms), "FIELDS", "1", call.arg(2)});
  return Reply::Bulk(text);
}

enum class HashPart { kFields, kValues, kBoth };

Reply GetAll(CommandCall& call, HashPart part) {
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  std::vector<Value> items;
  if (*hash) {
    (*hash)->ForEach([&](const std::string& field, const std::string& value) {
      if (part != HashPart::kValues) items.push_back(Value::Bulk(field));
      if (part != HashPart::kFields) items.push_back(Value::Bulk(value));
    });
  }
  return part == HashPart::kBoth ? Reply(Value::Map(std::move(items)))
                                 : Reply::Array(std::move(items));
}

// HGETALL key
Reply HGetAll(CommandCall& call) { return GetAll(call, HashPart::kBoth); }

// HKEYS key
Reply HKeys(CommandCall& call) { return GetAll(call, HashPart::kFields); }

// HVALS key
Reply HVals(CommandCall& call) { return GetAll(call, HashPart::kValues); }

// HRANDFIELD key [count [WITHVALUES]]
Reply HRandField(CommandCall& call) {
  RandomCount wanted;
  if (const auto error = ParseRandomCount(call, "WITHVALUES", wanted)) return *error;
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  if (!*hash) return wanted.given ? Reply::Array() : Reply::Null();
  if (!wanted.given) return Reply::Bulk((*hash)->RandomField(call.server.random)->key);
  std::vector<Value> items;
  const auto add = [&](const std::string& field, const std::string& value) {
    if (wanted.with_extra && call.resp3()) {
      items.push_back(Value::Array({Value::Bulk(field), Value::Bulk(value)}));
      return;
    }
    items.push_back(Value::Bulk(field));
    if (wanted.with_extra) items.push_back(Value::Bulk(value));
  };
  if (wanted.repeat) {
    for (size_t i = 0; i < wanted.count; ++i) {
      const auto* entry = (*hash)->RandomField(call.server.random);
      add(entry->key, entry->value);
    }
    return Reply::Array(std::move(items));
  }
  DistinctSample sample(call.server.random, (*hash)->size(), wanted.count);
  (*hash)->ForEach([&](const std::string& field, const std::string& value) {
    if (sample.Take()) add(field, value);
  });
  return Reply::Array(std::move(items));
}

// HSCAN key cursor [MATCH pattern] [COUNT count]
Reply HScan(CommandCall& call) {
  const std::optional<uint64_t> cursor = ParseScanCursor(call.arg(2));
  if (!cursor) return Reply::Error("ERR invalid cursor");
  auto hash = call.Read<Hash>(call.arg(1));
  if (!hash) return hash.error();
  if (!*hash) return ScanReply(0, {});
  ScanOptions options;
  if (const auto error = ParseScanOptions(call.args.subspan(3), AllowType::kNo, options))
    return *error;
  std::vector<Value> items;
  const uint64_t next = (*hash)->Scan(*cursor, options.count,
                                      [&](const std::string& field, const std::string& value) {
                                        if (!options.Matches(field)) return;
                                        items.push_back(Value::Bulk(field));
                                        items.push_back(Value::Bulk(value));
                                      });
  return ScanReply(next, std::move(items));
}

constexpr CommandRow kTable[] = {
    {.name = "hset", .run = HSet},
    {.name = "hmset", .run = HMSet},
    {.name = "hsetnx", .run = HSetNx},
    {.name = "hget", .run = HGet},
    {.name = "hmget", .run = HMGet},
    {.name = "hdel", .run = HDel},
    {.name = "hexists", .run = HExists},
    {.name = "hlen", .run = HLen},
    {.name = "hstrlen", .run = HStrLen},
    {.name = "hincrby", .run = HIncrBy},
    {.name = "hincrbyfloat", .run = HIncrByFloat},
    {.name = "hgetall", .run = HGetAll},
    {.name = "hkeys", .run = HKeys},
    {.name = "hvals", .run = HVals},
    {.name = "hrandfield", .run = HRandField},
    {.name = "hscan", .run = HScan},
};

}  // namespace

std::span<const CommandRow> HashCommands() { return kTable; }

}  // namespace modcert::engine
