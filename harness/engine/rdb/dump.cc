#include "engine/rdb/dump.h"

#include "base/crc64.h"
#include "engine/rdb/byte_order.h"
#include "engine/rdb/key_metadata_codec.h"

namespace modcert::engine::rdb {
namespace {

constexpr size_t kVersionSize = 2;
constexpr size_t kChecksumSize = 8;
constexpr size_t kFooterSize = kVersionSize + kChecksumSize;

}  // namespace

std::string WithFooter(std::string_view type_and_value) {
  std::string payload(type_and_value);
  AppendLittleEndian(payload, kRdbVersion, kVersionSize);
  AppendLittleEndian(payload, Crc64(0, payload), kChecksumSize);
  return payload;
}

bool HasValidFooter(std::string_view payload) {
  if (payload.size() < kFooterSize) return false;
  const std::string_view covered = payload.substr(0, payload.size() - kChecksumSize);
  const uint64_t version = LittleEndian(covered.substr(covered.size() - kVersionSize));
  if (version > kRdbVersion) return false;
  return Crc64(0, covered) == LittleEndian(payload.substr(covered.size()));
}

std::string Dump(const Value& value, const KeyPlace& place, WriterOptions options,
                 const KeyMetadata* metadata) {
  Writer out(options);
  if (metadata) SaveKeyMetadata(out, *metadata, place);
  out.WriteType(TypeOf(value));
  SaveValue(out, value, place);
  return WithFooter(out.bytes());
}

Result<Value> Restore(std::string_view payload, const LoadContext& context,
                      const KeyMetaClasses* classes, std::unique_ptr<KeyMetadata>* metadata) {
  if (!HasValidFooter(payload))
    return Fail("footer", "ERR DUMP payload version or checksum are wrong");
  // The footer is not kept from the reader: a length that lies may reach into it.
  Reader in(payload);
  uint8_t type = in.ReadByte();
  if (type == static_cast<uint8_t>(Opcode::kKeyMeta) && classes) {
    *metadata = LoadKeyMetadata(in, *classes, context.place);
    type = in.ReadByte();
  }
  if (in.failed()) return Fail(in.error().ToString(), "ERR Bad data format");
  auto value = LoadValue(in, type, context);
  if (!value) return Fail(value.error().ToString(), "ERR Bad data format");
  if (IsEmpty(*value)) return Fail("empty value", "ERR Bad data format");
  return value;
}

}  // namespace modcert::engine::rdb
