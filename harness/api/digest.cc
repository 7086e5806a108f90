// Key digest API (DEBUG DIGEST interface for modules types).

#include "engine/digest.h"

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// void *RedisModule_LoadDataTypeFromStringEncver(const RedisModuleString *str,
//                                                const RedisModuleType *mt, int encver)
void* LoadDataTypeFromStringEncver(const RedisModuleString* string, const RedisModuleType* type,
                                   int encver) noexcept {
  // digest.load-ignores-the-rest: nothing marks the end of the items.
  // digest.load-encver, digest.load-fails: what rdb_load makes of it.
  return type->LoadItems(string->bytes, encver);
}

// void *RedisModule_LoadDataTypeFromString(const RedisModuleString *str, const RedisModuleType *mt)
void* LoadDataTypeFromString(const RedisModuleString* string,
                             const RedisModuleType* type) noexcept {
  return LoadDataTypeFromStringEncver(string, type, 0);  // digest.load-from-string
}

// RedisModuleString *RedisModule_SaveDataTypeToString(RedisModuleCtx *ctx, void *data,
//                                                     const RedisModuleType *mt)
RedisModuleString* SaveDataTypeToString(RedisModuleCtx* ctx, void* data,
                                        const RedisModuleType* type) noexcept {
  std::optional<std::string> items = type->SaveItems(data);  // digest.save-to-string
  return items ? type->host.NewString(ctx, *std::move(items)) : nullptr;
}

// The digest keeps the order of what is added (digest.sequence) until its sequence ends; without
// that it is lost (digest.needs-end).

// void RedisModule_DigestAddStringBuffer(RedisModuleDigest *md, const char *ele, size_t len)
void DigestAddStringBuffer(RedisModuleDigest* digest, const char* bytes, size_t size) noexcept {
  digest->digest->AddStringBuffer({bytes, size});
}

// void RedisModule_DigestAddLongLong(RedisModuleDigest *md, long long ele)
void DigestAddLongLong(RedisModuleDigest* digest, long long number) noexcept {
  digest->digest->AddLongLong(number);  // digest.number-as-text
}

// void RedisModule_DigestEndSequence(RedisModuleDigest *md)
void DigestEndSequence(RedisModuleDigest* digest) noexcept {
  digest->digest->EndSequence();  // digest.sequences
}

// int RedisModule_GetDbIdFromDigest(RedisModuleDigest *dig)
int GetDbIdFromDigest(RedisModuleDigest* digest) noexcept { return digest->db; }  // digest.place

// const RedisModuleString *RedisModule_GetKeyNameFromDigest(RedisModuleDigest *dig)
const RedisModuleString* GetKeyNameFromDigest(RedisModuleDigest* digest) noexcept {
  return digest->key;
}

const abi::ApiRow kRows[] = {
    API_ROW(LoadDataTypeFromString), API_ROW(LoadDataTypeFromStringEncver),
    API_ROW(SaveDataTypeToString),   API_ROW(DigestAddStringBuffer),
    API_ROW(DigestAddLongLong),      API_ROW(DigestEndSequence),
    API_ROW(GetDbIdFromDigest),      API_ROW(GetKeyNameFromDigest),
};

}  // namespace

std::span<const abi::ApiRow> DigestRows() { return kRows; }

}  // namespace modcert::api
