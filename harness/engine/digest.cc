#include "engine/digest.h"

#include "base/double_to_text.h"
#include "base/hex.h"

namespace modcert::engine {
namespace {

// Four bytes, most significant first: the type of a value, the index of a database.
std::string BigEndian32(uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(number >> shift));
  return bytes;
}

void AddPair(Digest& digest, std::string_view first, std::string_view second) {
  digest.AddStringBuffer(first);
  digest.AddStringBuffer(second);
  digest.EndSequence();
}

void AddBody(Digest& digest, const String& string, const KeyPlace&) {
  digest.AddOrdered(string.bytes());
}

void AddBody(Digest& digest, const List& list, const KeyPlace&) {
  for (size_t i = 0; i < list.size(); ++i) digest.AddOrdered(list.at(i));
}

void AddBody(Digest& digest, const Set& set, const KeyPlace&) {
  set.ForEach([&](std::string_view member) { digest.AddUnordered(member); });
}

void AddBody(Digest& digest, const Hash& hash, const KeyPlace&) {
  hash.ForEach(
      [&](const std::string& field, const std::string& value) { AddPair(digest, field, value); });
}

void AddBody(Digest& digest, const ZSet& zset, const KeyPlace&) {
  zset.ForEach(0, zset.size(), [&](const ZSet::Item& item) {
    AddPair(digest, item.member, DoubleText(item.score).view());
  });
}

void AddBody(Digest& digest, const Stream& stream, const KeyPlace&) {
  stream.ForEach(kStreamIdMin, kStreamIdMax, Stream::Order::kUp, [&](const StreamEntry& entry) {
    digest.AddOrdered(std::to_string(entry.id.ms) + "." + std::to_string(entry.id.seq));
    for (const std::string& text : entry.fields) digest.AddOrdered(text);
    return true;
  });
}

void AddBody(Digest& digest, const Opaque& opaque, const KeyPlace& place) {
  if (!opaque.type()->has_digest()) return;
  Digest of_module;
  opaque.type()->AddToDigest(of_module, place, opaque.value());
  digest.AddUnordered(of_module.bytes());
}

void AddValue(Digest& digest, const Value& value, const KeyPlace& place, Expires expires) {
  // The type's number on a real server: string 0, list 1, set 2, zset 3, hash 4, module 5,
  // stream 6.
  constexpr uint32_t kTypeNumbers[] = {0, 1, 2, 4, 3, 6, 5};
  static_assert(std::variant_size_v<Value> == std::size(kTypeNumbers));

  digest.AddOrdered(BigEndian32(kTypeNumbers[value.index()]));
  std::visit([&](const auto& held) { AddBody(digest, held, place); }, value);
  if (expires == Expires::kYes) digest.AddUnordered("!!expire!!");
}

}  // namespace

void Digest::Xor(Sha1Bytes& state, std::string_view bytes) {
  const Sha1Bytes added = Sha1(bytes);
  for (size_t i = 0; i < state.size(); ++i) state[i] ^= added[i];
}

void Digest::Mix(Sha1Bytes& state, std::string_view bytes) {
  Xor(state, bytes);
  state = Sha1(BytesOf(state));
}

void Digest::EndSequence() {
  Xor(sum_, BytesOf(sequence_));
  sequence_ = {};
}

std::string Digest::ToHex() const { return HexEncode(bytes()); }

Digest DigestOfValue(const Value& value, const KeyPlace& place, Expires expires) {
  Digest digest;
  AddValue(digest, value, place, expires);
  return digest;
}

Digest DigestOfKey(const Value& value, const KeyPlace& place, Expires expires) {
  Digest digest;
  digest.AddOrdered(place.key);
  AddValue(digest, value, place, expires);
  return digest;
}

void DatasetDigest::StartDatabase(int index) {
  digest_.AddOrdered(BigEndian32(static_cast<uint32_t>(index)));
}

}  // namespace modcert::engine
