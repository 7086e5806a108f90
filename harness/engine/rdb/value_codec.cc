#include "engine/rdb/value_codec.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/double_to_text.h"
#include "engine/rdb/intset.h"
#include "engine/rdb/listpack.h"
#include "engine/rdb/stream_codec.h"
#include "engine/rdb/ziplist.h"

namespace modcert::engine::rdb {
namespace {

// How a node of a list holds its items.
constexpr uint64_t kPlainNode = 1;
constexpr uint64_t kPackedNode = 2;

// Saving: one function for each type.

void SaveBody(Writer& out, const String& string) { out.WriteString(string.bytes()); }

// Says when a node of a list is full, by the parameter list-max-listpack-size.
class NodeLimit {
 public:
  explicit NodeLimit(int64_t list_max_listpack_size) : parameter_(list_max_listpack_size) {}

  bool HasRoomFor(const ListpackBuilder& node, std::string_view item) const {
    if (node.count() == 0) return true;
    const size_t size = node.size() + item.size() + kElementOverhead;
    if (parameter_ < 0) return size <= SizeMax();
    return size <= kSafeSizeMax && std::cmp_less(node.count(), parameter_);
  }

 private:
  // What a real server adds to an item when it guesses whether the item fits.
  static constexpr size_t kElementOverhead = 8;
  // No node of several items is larger, even if the parameter counts items.
  static constexpr size_t kSafeSizeMax = 8192;

  // -1 is 4 kB, -2 is 8 kB ... -5 is 64 kB.
  size_t SizeMax() const { return size_t{4096} << (std::min<int64_t>(-parameter_, 5) - 1); }

  int64_t parameter_;
};

void SaveBody(Writer& out, const List& list) {
  const NodeLimit limit(out.options().list_max_listpack_size);
  std::vector<std::string> nodes;
  ListpackBuilder node;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!limit.HasRoomFor(node, list.at(i))) nodes.push_back(node.Take());
    node.Append(list.at(i));
  }
  if (node.count() > 0) nodes.push_back(node.Take());
  out.WriteLength(nodes.size());
  for (const std::string& bytes : nodes) {
    out.WriteLength(kPackedNode);
    out.WriteString(bytes);
  }
}

void SaveBody(Writer& out, const Set& set) {
  if (set.encoding() == "intset") {
    out.WriteString(WriteIntset(set.integers(), set.integer_width()));
    return;
  }
  out.WriteLength(set.size());
  set.ForEach([&](std::string_view member) { out.WriteString(member); });
}

void SaveBody(Writer& out, const Hash& hash) {
  if (hash.encoding() == "listpack") {
    ListpackBuilder listpack;
    hash.ForEach([&](const std::string& field, const std::string& value) {
      listpack.Append(field);
      listpack.Append(value);
    });
    out.WriteString(listpack.Take());
    return;
  }
  out.WriteLength(hash.size());
  hash.ForEach([&](const std::string& field, const std::string& value) {
    out.WriteString(field);
    out.WriteString(value);
  });
}

// A score as an element of a listpack: whole numbers up to half the range of int64 are integers.
std::string ListpackScore(double score) {
  constexpr double kIntegerMax = 4611686018427387904.0;
  if (score >= -kIntegerMax && score <= kIntegerMax && score == std::trunc(score))
    return std::to_string(static_cast<int64_t>(score));
  return DoubleToText(score);
}

void SaveBody(Writer& out, const ZSet& zset) {
  if (zset.encoding() == "listpack") {
    ListpackBuilder listpack;
    zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) {
      listpack.Append(item.member);
      listpack.Append(ListpackScore(item.score));
    });
    out.WriteString(listpack.Take());
    return;
  }
  // The highest score first: a loader then always inserts at the front, which costs it nothing.
  out.WriteLength(zset.size());
  for (size_t rank = zset.size(); rank-- > 0;) {
    const ZSet::Item& item = zset.At(rank);
    out.WriteString(item.member);
    out.WriteBinaryDouble(item.score);
  }
}

void SaveBody(Writer& out, const Stream& stream) { SaveStream(out, stream); }

void SaveModuleValue(Writer& out, const Opaque& opaque, const KeyPlace& place) {
  out.WriteLength(opaque.type()->id());
  opaque.type()->Save(out, place, opaque.value());
  out.SaveEnd();
}

// Loading: each function fills a container, and leaves a failure in the reader.

using Elements = std::vector<std::string>;

// Reads a string and takes it apart; nothing after a failure.
Elements ReadPacked(Reader& in, Result<Elements> (*unpack)(std::string_view)) {
  const std::string bytes = in.ReadString();
  if (in.failed()) return {};
  auto elements = unpack(bytes);
  if (elements) return std::move(*elements);
  in.Fail(elements.error().ToString());
  return {};
}

Value LoadString(Reader& in) { return String(in.ReadString()); }

Value LoadList(Reader& in) {
  List list;
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left)
    list.Push(List::End::kTail, in.ReadString());
  return list;
}

void PushAll(List& list, const Elements& items) {
  for (const std::string& item : items) list.Push(List::End::kTail, item);
}

Value LoadListZiplist(Reader& in) {
  List list;
  PushAll(list, ReadPacked(in, ReadZiplist));
  return list;
}

Value LoadListQuicklist(Reader& in) {
  List list;
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left)
    PushAll(list, ReadPacked(in, ReadZiplist));
  return list;
}

Value LoadListQuicklist2(Reader& in) {
  List list;
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) {
    const uint64_t container = in.ReadLength();
    if (container == kPackedNode)
      PushAll(list, ReadPacked(in, ReadListpack));
    else if (container == kPlainNode)
      list.Push(List::End::kTail, in.ReadString());
    else
      in.Fail(fmt::format("unknown kind of list node {}", container));
  }
  return list;
}

void AddMember(Reader& in, Set& set, std::string_view member) {
  if (!in.failed() && !set.Add(member)) in.Fail("duplicate member of a set");
}

Value LoadSet(Reader& in, const EncodingLimits* limits) {
  Set set(limits);
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left)
    AddMember(in, set, in.ReadString());
  return set;
}

Value LoadSetListpack(Reader& in, const EncodingLimits* limits) {
  Set set(limits);
  for (const std::string& member : ReadPacked(in, ReadListpack)) AddMember(in, set, member);
  return set;
}

Value LoadSetIntset(Reader& in, const EncodingLimits* limits) {
  Set set(limits);
  const std::string bytes = in.ReadString();
  if (in.failed()) return set;
  const auto intset = ReadIntset(bytes);
  if (!intset) {
    in.Fail(intset.error().ToString());
    return set;
  }
  set.WidenIntegers(intset->width);
  for (const int64_t integer : intset->integers) set.Add(std::to_string(integer));
  return set;
}

void AddField(Reader& in, Hash& hash, std::string_view field, std::string_view value) {
  if (!in.failed() && !hash.Set(field, value)) in.Fail("duplicate field of a hash");
}

Value LoadHash(Reader& in, const EncodingLimits* limits) {
  Hash hash(limits);
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) {
    const std::string field = in.ReadString();
    AddField(in, hash, field, in.ReadString());
  }
  return hash;
}

// Elements come in pairs, whatever holds them.
Elements ReadPackedPairs(Reader& in, Result<Elements> (*unpack)(std::string_view)) {
  Elements elements = ReadPacked(in, unpack);
  if (elements.size() % 2 == 0) return elements;
  in.Fail("an element without its other half");
  return {};
}

// A hash that was saved compact stays so, however long its values are, if its fields are few.
Value LoadPackedHash(Reader& in, const EncodingLimits* limits,
                     Result<Elements> (*unpack)(std::string_view)) {
  Hash hash(&kNoEncodingLimits);
  const Elements elements = ReadPackedPairs(in, unpack);
  for (size_t i = 0; i < elements.size(); i += 2) AddField(in, hash, elements[i], elements[i + 1]);
  hash.UseLimits(limits);
  if (std::cmp_greater(hash.size(), limits->hash_max_listpack_entries)) hash.ConvertToHashTable();
  return hash;
}

void AddItem(Reader& in, ZSet& zset, std::string_view member, double score) {
  if (std::isnan(score)) in.Fail("a score that is not a number");
  if (!in.failed() && !zset.Set(member, score)) in.Fail("duplicate member of a sorted set");
}

Value LoadZSet(Reader& in, const EncodingLimits* limits, double (Reader::*read_score)()) {
  ZSet zset(limits);
  zset.ConvertToSkipList();
  for (uint64_t left = in.ReadLength(); left > 0 && !in.failed(); --left) {
    const std::string member = in.ReadString();
    AddItem(in, zset, member, (in.*read_score)());
  }
  zset.ConvertToListpackIfSmall();
  return zset;
}

Value LoadPackedZSet(Reader& in, const EncodingLimits* limits,
                     Result<Elements> (*unpack)(std::string_view)) {
  ZSet zset(&kNoEncodingLimits);
  const Elements elements = ReadPackedPairs(in, unpack);
  for (size_t i = 0; i < elements.size(); i += 2) {
    // As a real server: what does not start with a number is a 0.
    AddItem(in, zset, elements[i], std::strtod(elements[i + 1].c_str(), nullptr));
  }
  zset.UseLimits(limits);
  if (std::cmp_greater(zset.size(), limits->zset_max_listpack_entries)) zset.ConvertToSkipList();
  return zset;
}

Result<Value> LoadModuleValue(Reader& in, const LoadContext& context) {
  const uint64_t id = in.ReadLength();
  if (in.failed()) return tl::unexpected(in.error());
  const OpaqueType* type = context.find_type ? context.find_type(id) : nullptr;
  if (!type) {
    in.Fail(
        fmt::format("The RDB file contains module data I can't load: no matching module type '{}'",
                    ModuleTypeName(id)));
    return tl::unexpected(in.error());
  }
  auto value = type->Load(in, ModuleEncodingVersion(id), context.place);
  if (!value) return tl::unexpected(value.error());
  Opaque opaque(type, *value);
  in.LoadEnd();
  if (in.failed()) return tl::unexpected(in.error());
  return opaque;
}

// Types that a server of that version does not know yet.
bool IsTooNew(uint8_t type, int rdb_version) {
  return type >= static_cast<uint8_t>(Type::kSetListpack) && rdb_version < 11;
}

Value LoadNativeValue(Reader& in, uint8_t type, const EncodingLimits* limits) {
  switch (static_cast<Type>(type)) {
    case Type::kString:
      return LoadString(in);
    case Type::kList:
      return LoadList(in);
    case Type::kSet:
      return LoadSet(in, limits);
    case Type::kZSet:
      return LoadZSet(in, limits, &Reader::ReadTextDouble);
    case Type::kHash:
      return LoadHash(in, limits);
    case Type::kZSet2:
      return LoadZSet(in, limits, &Reader::ReadBinaryDouble);
    case Type::kHashZipmap:
      return LoadPackedHash(in, limits, ReadZipmap);
    case Type::kListZiplist:
      return LoadListZiplist(in);
    case Type::kSetIntset:
      return LoadSetIntset(in, limits);
    case Type::kZSetZiplist:
      return LoadPackedZSet(in, limits, ReadZiplist);
    case Type::kHashZiplist:
      return LoadPackedHash(in, limits, ReadZiplist);
    case Type::kListQuicklist:
      return LoadListQuicklist(in);
    case Type::kHashListpack:
      return LoadPackedHash(in, limits, ReadListpack);
    case Type::kZSetListpack:
      return LoadPackedZSet(in, limits, ReadListpack);
    case Type::kListQuicklist2:
      return LoadListQuicklist2(in);
    case Type::kSetListpack:
      return LoadSetListpack(in, limits);
    case Type::kStreamListpacks:
    case Type::kStreamListpacks2:
    case Type::kStreamListpacks3:
      return LoadStream(in, static_cast<Type>(type), limits);
    default:
      in.Fail(fmt::format("Unknown RDB encoding type {}", type));
      return String();
  }
}

}  // namespace

Type TypeOf(const Value& value) {
  if (std::holds_alternative<String>(value)) return Type::kString;
  if (std::holds_alternative<List>(value)) return Type::kListQuicklist2;
  if (std::holds_alternative<Stream>(value)) return Type::kStreamListpacks2;
  if (std::holds_alternative<Opaque>(value)) return Type::kModule2;
  const std::string_view encoding = EncodingName(value);
  if (std::holds_alternative<Set>(value))
    return encoding == "intset" ? Type::kSetIntset : Type::kSet;
  if (std::holds_alternative<Hash>(value))
    return encoding == "listpack" ? Type::kHashListpack : Type::kHash;
  return encoding == "listpack" ? Type::kZSetListpack : Type::kZSet2;
}

void SaveValue(Writer& out, const Value& value, const KeyPlace& place) {
  std::visit(
      [&](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Opaque>)
          SaveModuleValue(out, held, place);
        else
          SaveBody(out, held);
      },
      value);
}

Result<Value> LoadValue(Reader& in, uint8_t type, const LoadContext& context) {
  if (type == static_cast<uint8_t>(Type::kModule2)) return LoadModuleValue(in, context);
  if (IsTooNew(type, context.rdb_version)) in.Fail(fmt::format("RDB type {} is too new", type));
  Value value = LoadNativeValue(in, type, context.limits);
  if (in.failed()) return tl::unexpected(in.error());
  return value;
}

std::string ModuleTypeName(uint64_t module_id) {
  constexpr char kCharset[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name;
  for (int shift = 58; shift >= 10; shift -= 6) name.push_back(kCharset[module_id >> shift & 63]);
  return name;
}

int ModuleEncodingVersion(uint64_t module_id) { return static_cast<int>(module_id & 1023); }

}  // namespace modcert::engine::rdb
