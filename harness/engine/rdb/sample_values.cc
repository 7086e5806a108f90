#include "engine/rdb/sample_values.h"

#include <cmath>

#include "base/double_to_text.h"

namespace modcert::engine::rdb {
namespace {

std::string RandomText(Random& random, size_t size, size_t alphabet_size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(random.Below(alphabet_size)));
  return text;
}

// A number of elements on either side of the limits of compact encodings.
size_t RandomCount(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return random.Between(100, 600);
    case 1:
      return 128 + random.Below(3);
    default:
      return random.Between(1, 12);
  }
}

Value RandomList(Random& random) {
  List list;
  for (size_t left = RandomCount(random); left > 0; --left)
    list.Push(List::End::kTail, RandomBytes(random));
  return list;
}

Value RandomSet(Random& random, const EncodingLimits* limits) {
  Set set(limits);
  const bool only_integers = random.OneIn(2);
  const int64_t reach = int64_t{1} << random.Below(63);
  for (size_t left = RandomCount(random); left > 0; --left)
    set.Add(only_integers ? std::to_string(random.Between(-reach, reach)) : RandomBytes(random));
  return set;
}

Value RandomHash(Random& random, const EncodingLimits* limits) {
  Hash hash(limits);
  for (size_t left = RandomCount(random); left > 0; --left) {
    // Nothing is set twice: a long value that is gone would leave its mark on the encoding.
    const std::string field = RandomBytes(random).substr(0, 70);
    const std::string value = RandomBytes(random);
    if (!hash.Contains(field)) hash.Set(field, value);
  }
  return hash;
}

Value RandomZSet(Random& random, const EncodingLimits* limits) {
  ZSet zset(limits);
  for (size_t left = RandomCount(random); left > 0; --left)
    zset.Set(RandomBytes(random).substr(0, 70), RandomScore(random));
  return zset;
}

// Entries only: what commands make again. No deleted ones, as their places would not come back.
Value RandomStream(Random& random, const EncodingLimits* limits) {
  Stream stream(limits);
  for (size_t left = RandomCount(random); left > 0; --left) {
    StreamId id = stream.last_id();
    id.Increment();
    if (random.OneIn(2)) id.ms += random.Below(uint64_t{1} << random.Below(40));
    if (random.OneIn(2)) id.seq += random.Below(uint64_t{1} << random.Below(20));
    std::vector<std::string> fields;
    for (uint64_t pairs = 1 + random.Below(3); pairs > 0; --pairs) {
      fields.push_back(random.OneIn(2) ? "field" : RandomBytes(random));
      fields.push_back(RandomBytes(random));
    }
    stream.Append(id, fields);
  }
  return stream;
}

}  // namespace

std::string RandomBytes(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return std::to_string(random.Between(-200, 200));
    case 1: {
      // Around a power of two: where integers change their width.
      const int64_t power = int64_t{1} << random.Below(62);
      return std::to_string((random.OneIn(2) ? power : -power) + random.Between(-2, 2));
    }
    case 2:
      return RandomText(random, 60 + random.Below(10), 4);
    case 3:
      return random.OneIn(8) ? RandomText(random, random.Between(100, 5000), 3) : std::string();
    case 4:
      return RandomText(random, random.Between(1, 40), 256);
    default:
      return "word" + std::to_string(random.Below(1000));
  }
}

double RandomScore(Random& random) {
  // No -0: whether it survives depends on when the set left its listpack.
  switch (random.Below(5)) {
    case 0:
      return static_cast<double>(random.Between(-10, 10));
    case 1:
      return random.OneIn(2) ? INFINITY : -INFINITY;
    case 2:
      return std::ldexp(random.OneIn(2) ? 1 : -1, static_cast<int>(random.Between(-70, 70)));
    default:
      return (random.Fraction() - 0.5) * std::pow(10, static_cast<double>(random.Between(-20, 20)));
  }
}

Value RandomValue(Random& random, const EncodingLimits* limits) {
  switch (random.Below(6)) {
    case 0:
      return String(RandomBytes(random));
    case 1:
      return RandomList(random);
    case 2:
      return RandomSet(random, limits);
    case 3:
      return RandomHash(random, limits);
    case 4:
      return RandomStream(random, limits);
    default:
      return RandomZSet(random, limits);
  }
}

std::vector<std::vector<std::string>> CommandsFor(const std::string& key, const Value& value) {
  std::vector<std::vector<std::string>> commands;
  if (const auto* string = std::get_if<String>(&value))
    commands.push_back({"SET", key, string->bytes()});
  if (const auto* list = std::get_if<List>(&value))
    for (size_t i = 0; i < list->size(); ++i) commands.push_back({"RPUSH", key, list->at(i)});
  if (const auto* set = std::get_if<Set>(&value))
    for (const std::string& member : set->Members()) commands.push_back({"SADD", key, member});
  if (const auto* hash = std::get_if<Hash>(&value))
    hash->ForEach([&](const std::string& field, const std::string& content) {
      commands.push_back({"HSET", key, field, content});
    });
  if (const auto* zset = std::get_if<ZSet>(&value))
    zset->ForEach(0, zset->size(), [&](const ZSet::Item& item) {
      commands.push_back({"ZADD", key, DoubleToText(item.score), item.member});
    });
  if (const auto* stream = std::get_if<Stream>(&value)) {
    stream->ForEach(kStreamIdMin, kStreamIdMax, Stream::Order::kUp, [&](const StreamEntry& entry) {
      std::vector<std::string>& add = commands.emplace_back();
      add = {"XADD", key, entry.id.ToString()};
      add.insert(add.end(), entry.fields.begin(), entry.fields.end());
      return true;
    });
  }
  return commands;
}

void SampleType::Save(Writer& out, const KeyPlace&, const void* value) const {
  const auto& content = *static_cast<const Content*>(value);
  out.SaveUnsigned(content.unsigned_number);
  out.SaveSigned(content.signed_number);
  out.SaveDouble(content.number);
  out.SaveFloat(content.small_number);
  out.SaveString(content.first);
  out.SaveString(content.second);
  out.SaveLongDouble(content.large_number);
}

Result<void*> SampleType::Load(Reader& in, int encver, const KeyPlace&) const {
  if (encver != 3) return modcert::Fail("umodtype0", "unknown encoding version");
  Content content;
  content.unsigned_number = in.LoadUnsigned();
  content.signed_number = in.LoadSigned();
  content.number = in.LoadDouble();
  content.small_number = in.LoadFloat();
  content.first = in.LoadString();
  content.second = in.LoadString();
  content.large_number = in.LoadLongDouble();
  if (in.failed()) return tl::unexpected(in.error());
  return new Content(content);
}

LoadContext ContextWith(const EncodingLimits* limits, const OpaqueType* type) {
  const auto find_type = [type](uint64_t id) {
    return type && type->id() >> 10 == id >> 10 ? type : nullptr;
  };
  return {.limits = limits, .find_type = find_type};
}

}  // namespace modcert::engine::rdb
