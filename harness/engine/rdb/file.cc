// The order of a file: magic and version, AUX fields, module data, function libraries, then for
// each database its number, its size and its keys, again module data, and a checksum of everything.
#include "engine/rdb/file.h"

#include <fmt/format.h>

#include "base/crc64.h"
#include "base/parse_number.h"
#include "engine/rdb/key_metadata_codec.h"

namespace modcert::engine::rdb {
namespace {

constexpr std::string_view kMagic = "REDIS";
constexpr size_t kVersionDigits = 4;
// Files of older versions end without a checksum.
constexpr int kFirstVersionWithChecksum = 5;

// Saving.

void WriteAuxField(Writer& out, std::string_view name, std::string_view value) {
  out.WriteOpcode(Opcode::kAux);
  out.WriteString(name);
  out.WriteString(value);
}

void WriteAuxFields(Writer& out, const SaveOptions& options) {
  WriteAuxField(out, "redis-ver", options.redis_version);
  WriteAuxField(out, "redis-bits", "64");
  WriteAuxField(out, "ctime", std::to_string(options.unix_time_s));
  WriteAuxField(out, "used-mem", std::to_string(options.used_memory));
  WriteAuxField(out, "aof-base", options.aof_base ? "1" : "0");
}

void WriteKey(Writer& out, int db, const SavedKey& saved) {
  if (saved.expire_at_ms) {
    out.WriteOpcode(Opcode::kExpireTimeMs);
    out.WriteLittle64(static_cast<uint64_t>(*saved.expire_at_ms));
  }
  if (saved.metadata) SaveKeyMetadata(out, *saved.metadata, {saved.key, db});
  out.WriteType(TypeOf(*saved.value));
  out.WriteString(saved.key);
  SaveValue(out, *saved.value, {saved.key, db});
}

void WriteDatabase(Writer& out, const SavedDatabase& database) {
  if (database.key_count == 0) return;
  out.WriteOpcode(Opcode::kSelectDb);
  out.WriteLength(static_cast<uint64_t>(database.index));
  out.WriteOpcode(Opcode::kResizeDb);
  out.WriteLength(database.key_count);
  out.WriteLength(database.expire_count);
  database.for_each_key([&](const SavedKey& saved) { WriteKey(out, database.index, saved); });
}

void WriteModuleAux(Writer& out, const SaveOptions& options, AuxWhen when) {
  for (const OpaqueType* type : options.module_types) {
    Writer items(options.writer);
    if (!type->SaveAux(items, when)) continue;
    out.WriteOpcode(Opcode::kModuleAux);
    out.WriteLength(type->id());
    out.SaveUnsigned(static_cast<uint64_t>(when));
    out.WriteRaw(items.bytes());
    out.SaveEnd();
  }
}

// Loading: reads records one after the other, and collects in `key_` what stands in front of a key.
class FileLoader {
 public:
  FileLoader(std::string_view bytes, const LoadOptions& options)
      : bytes_(bytes), options_(options), in_(bytes) {}

  // How many bytes the file has.
  Result<size_t> Load() {
    ReadVersion();
    while (!in_.failed() && !at_end_) {
      ReadRecord();
      if (options_.on_progress) options_.on_progress(in_.offset());
    }
    if (in_.failed()) return tl::unexpected(in_.error());
    return in_.offset();
  }

 private:
  void ReadVersion() {
    if (in_.ReadRaw(kMagic.size()) != kMagic)
      return in_.Fail("Wrong signature trying to load DB from file");
    const std::string_view digits = in_.ReadRaw(kVersionDigits);
    const size_t first = std::min(digits.find_first_not_of('0'), digits.size());
    version_ = static_cast<int>(ParseInteger(digits.substr(first)).value_or(0));
    if (version_ < 1 || version_ > kRdbVersion)
      in_.Fail(fmt::format("Can't handle RDB format version {}", digits));
  }

  void ReadRecord() {
    const uint8_t byte = in_.ReadByte();
    if (in_.failed()) return;
    switch (static_cast<Opcode>(byte)) {
      case Opcode::kExpireTime:
        key_.expire_at_ms = int64_t{static_cast<int32_t>(in_.ReadLittle32())} * 1000;
        break;
      case Opcode::kExpireTimeMs:
        key_.expire_at_ms = static_cast<int64_t>(in_.ReadLittle64());
        break;
      case Opcode::kIdle:
        key_.idle_s = in_.ReadLength();
        break;
      case Opcode::kFreq:
        key_.frequency = in_.ReadByte();
        break;
      case Opcode::kSelectDb:
        ReadSelectDb();
        break;
      case Opcode::kResizeDb:  // only a hint how much room to make
        in_.ReadLength();
        in_.ReadLength();
        break;
      case Opcode::kAux:
        ReadAuxField();
        break;
      case Opcode::kModuleAux:
        ReadModuleAux();
        break;
      case Opcode::kKeyMeta:
        ReadKeyMetadata();
        break;
      case Opcode::kFunction2:
        ReadFunctionLibrary();
        break;
      case Opcode::kFunctionPreGa:
        in_.Fail("a function in the format of a release candidate");
        break;
      case Opcode::kEof:
        ReadChecksum();
        at_end_ = true;
        break;
      default:
        ReadKey(byte);
    }
  }

  void ReadSelectDb() {
    const uint64_t index = in_.ReadLength();
    if (index > INT32_MAX) return in_.Fail(fmt::format("no database {}", index));
    db_ = static_cast<int>(index);
  }

  void ReadAuxField() {
    const std::string name = in_.ReadString();
    const std::string value = in_.ReadString();
    if (!in_.failed() && options_.add_aux_field) options_.add_aux_field(name, value);
  }

  void ReadModuleAux() {
    const uint64_t module_id = in_.ReadLength();
    const uint64_t when = in_.LoadUnsigned();
    if (in_.failed()) return;
    if (when != static_cast<uint64_t>(AuxWhen::kBefore) &&
        when != static_cast<uint64_t>(AuxWhen::kAfter))
      return in_.Fail("module data that is neither before nor after the keys");
    const OpaqueType* type = options_.find_type ? options_.find_type(module_id) : nullptr;
    if (!type)
      return in_.Fail(
          fmt::format("The RDB file contains AUX module data I can't load: no matching module '{}'",
                      ModuleTypeName(module_id)));
    const Status loaded =
        type->LoadAux(in_, ModuleEncodingVersion(module_id), static_cast<AuxWhen>(when));
    if (!loaded) return in_.Fail(loaded.error().problem);
    if (!in_.failed()) in_.LoadEnd();
  }

  // Stands in front of a key, whose name is not known yet.
  void ReadKeyMetadata() {
    if (!options_.key_meta_classes) return in_.Fail("key metadata, which nobody here can load");
    key_.metadata = LoadKeyMetadata(in_, *options_.key_meta_classes, {{}, db_});
  }

  void ReadFunctionLibrary() {
    const std::string library = in_.ReadString();
    if (in_.failed()) return;
    if (!options_.add_function_library)
      return in_.Fail("the file holds a function library, and functions are not supported yet");
    Take(options_.add_function_library(library));
  }

  void ReadKey(uint8_t type) {
    key_.db = db_;
    key_.key = in_.ReadString();
    if (in_.failed()) return;
    auto value = LoadValue(
        in_, type,
        {.limits = options_.limits, .find_type = options_.find_type, .place = {key_.key, db_}});
    if (!value) return Take(tl::unexpected(value.error()));
    if (!IsEmpty(*value)) {
      if (key_.metadata) key_.metadata->set_key(key_.key);
      key_.value = std::move(*value);
      Take(options_.add_key(std::move(key_)));
    }
    key_ = LoadedKey();
  }

  void ReadChecksum() {
    if (version_ < kFirstVersionWithChecksum) return;
    const uint64_t computed = Crc64(0, bytes_.substr(0, in_.offset()));
    const uint64_t stated = in_.ReadLittle64();
    // Zero: whoever wrote the file had checksums switched off.
    if (in_.failed() || stated == 0 || stated == computed) return;
    in_.Fail(fmt::format("Wrong RDB checksum expected: ({:x}) but got ({:x})", computed, stated));
  }

  // Notes somebody else's failure as one of the file, which ends the load.
  void Take(const Status& status) {
    if (!status) in_.Fail(status.error().ToString());
  }

  std::string_view bytes_;
  const LoadOptions& options_;
  Reader in_;
  int version_ = 0;
  int db_ = 0;
  LoadedKey key_;
  bool at_end_ = false;
};

}  // namespace

std::string SaveFile(const std::vector<SavedDatabase>& databases, const SaveOptions& options) {
  Writer out(options.writer);
  out.WriteRaw(fmt::format("{}{:04}", kMagic, kRdbVersion));
  WriteAuxFields(out, options);
  WriteModuleAux(out, options, AuxWhen::kBefore);
  for (const std::string_view library : options.function_libraries) {
    out.WriteOpcode(Opcode::kFunction2);
    out.WriteString(library);
  }
  for (const SavedDatabase& database : databases) WriteDatabase(out, database);
  WriteModuleAux(out, options, AuxWhen::kAfter);
  out.WriteOpcode(Opcode::kEof);
  out.WriteLittle64(options.rdbchecksum ? Crc64(0, out.bytes()) : 0);
  return out.Take();
}

Status LoadFile(std::string_view bytes, const LoadOptions& options) {
  const Result<size_t> loaded = LoadPreamble(bytes, options);
  if (!loaded) return tl::unexpected(loaded.error());
  return {};
}

Result<size_t> LoadPreamble(std::string_view bytes, const LoadOptions& options) {
  return FileLoader(bytes, options).Load();
}

}  // namespace modcert::engine::rdb
