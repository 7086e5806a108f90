// RDB loading and saving functions.
//
// A read that fails puts the handle in error: from then on all of them give zero or null, and what
// the callback made of it is not used (RedisModuleType::Load).

#include <cstring>

#include "api/rows.h"
#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "module/host.h"

namespace modcert::api {
namespace {

using engine::rdb::Reader;

// The next item as `load` reads it (rdb.reads-what-was-saved); zero or empty when the handle is in
// error, now (rdb.wrong-kind) or before (rdb.error-sticks).
template <typename T>
T Load(RedisModuleIO* io, T (Reader::*load)()) {
  if (io->error) return {};
  T item = (io->reader->*load)();
  if (!io->reader->failed()) return item;
  io->error = true;
  io->error_text = io->reader->error().ToString();
  return {};
}

// What is written are the bytes of a server (rdb.item-bytes).

// void RedisModule_SaveUnsigned(RedisModuleIO *io, uint64_t value)
void SaveUnsigned(RedisModuleIO* io, uint64_t value) noexcept {
  if (!io->error) io->writer->SaveUnsigned(value);
}

// uint64_t RedisModule_LoadUnsigned(RedisModuleIO *io)
uint64_t LoadUnsigned(RedisModuleIO* io) noexcept { return Load(io, &Reader::LoadUnsigned); }

// void RedisModule_SaveSigned(RedisModuleIO *io, int64_t value)
void SaveSigned(RedisModuleIO* io, int64_t value) noexcept {
  // rdb.signed-as-unsigned
  if (!io->error) io->writer->SaveSigned(value);
}

// int64_t RedisModule_LoadSigned(RedisModuleIO *io)
int64_t LoadSigned(RedisModuleIO* io) noexcept { return Load(io, &Reader::LoadSigned); }

// void RedisModule_SaveString(RedisModuleIO *io, RedisModuleString *s)
void SaveString(RedisModuleIO* io, RedisModuleString* string) noexcept {
  if (!io->error) io->writer->SaveString(string->bytes);
}

// void RedisModule_SaveStringBuffer(RedisModuleIO *io, const char *str, size_t len)
void SaveStringBuffer(RedisModuleIO* io, const char* bytes, size_t size) noexcept {
  // rdb.string-forms: as SaveString.
  if (!io->error) io->writer->SaveString({bytes, size});
}

// RedisModuleString *RedisModule_LoadString(RedisModuleIO *io)
RedisModuleString* LoadString(RedisModuleIO* io) noexcept {
  std::string bytes = Load(io, &Reader::LoadString);
  // rdb.load-string-is-owned: by the module of the type; automatic memory never has it.
  return io->error ? nullptr : io->host->handles.strings.New(io->module, std::move(bytes));
}

// char *RedisModule_LoadStringBuffer(RedisModuleIO *io, size_t *lenptr)
char* LoadStringBuffer(RedisModuleIO* io, size_t* size) noexcept {
  const std::string bytes = Load(io, &Reader::LoadString);
  if (io->error) return nullptr;
  if (size) *size = bytes.size();  // rdb.buffer-length
  // rdb.empty-buffer: that of an empty string is a block, too.
  void* block = io->module->heap.Alloc(bytes.size());
  return static_cast<char*>(std::memcpy(block, bytes.data(), bytes.size()));
}

// void RedisModule_SaveDouble(RedisModuleIO *io, double value)
void SaveDouble(RedisModuleIO* io, double value) noexcept {
  if (!io->error) io->writer->SaveDouble(value);
}

// double RedisModule_LoadDouble(RedisModuleIO *io)
double LoadDouble(RedisModuleIO* io) noexcept { return Load(io, &Reader::LoadDouble); }

// void RedisModule_SaveFloat(RedisModuleIO *io, float value)
void SaveFloat(RedisModuleIO* io, float value) noexcept {
  if (!io->error) io->writer->SaveFloat(value);
}

// float RedisModule_LoadFloat(RedisModuleIO *io)
float LoadFloat(RedisModuleIO* io) noexcept { return Load(io, &Reader::LoadFloat); }

// void RedisModule_SaveLongDouble(RedisModuleIO *io, long double value)
void SaveLongDouble(RedisModuleIO* io, long double value) noexcept {
  // rdb.long-double-text
  if (!io->error) io->writer->SaveLongDouble(value);
}

// long double RedisModule_LoadLongDouble(RedisModuleIO *io)
long double LoadLongDouble(RedisModuleIO* io) noexcept { return Load(io, &Reader::LoadLongDouble); }

// int RedisModule_IsIOError(RedisModuleIO *io)
int IsIOError(RedisModuleIO* io) noexcept { return io->error; }  // rdb.no-error

const abi::ApiRow kRows[] = {
    API_ROW(SaveUnsigned),   API_ROW(LoadUnsigned),     API_ROW(SaveSigned),
    API_ROW(LoadSigned),     API_ROW(SaveString),       API_ROW(SaveStringBuffer),
    API_ROW(LoadString),     API_ROW(LoadStringBuffer), API_ROW(SaveDouble),
    API_ROW(LoadDouble),     API_ROW(SaveFloat),        API_ROW(LoadFloat),
    API_ROW(SaveLongDouble), API_ROW(LoadLongDouble),   API_ROW(IsIOError),
};

}  // namespace

std::span<const abi::ApiRow> RdbIoRows() { return kRows; }

}  // namespace modcert::api
