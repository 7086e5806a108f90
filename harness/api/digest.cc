// Key digest API (DEBUG DIGEST interface for modules types).

#include "engine/digest.h"

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// void RedisModule_DigestAddStringBuffer(RedisModuleDigest *md, const char *ele, size_t len)
void DigestAddStringBuffer(RedisModuleDigest* digest, const char* bytes, size_t size) noexcept {
  digest->digest->AddStringBuffer({bytes, size});
}

// void RedisModule_DigestAddLongLong(RedisModuleDigest *md, long long ele)
void DigestAddLongLong(RedisModuleDigest* digest, long long number) noexcept {
  digest->digest->AddLongLong(number);
}

// void RedisModule_DigestEndSequence(RedisModuleDigest *md)
void DigestEndSequence(RedisModuleDigest* digest) noexcept { digest->digest->EndSequence(); }

// int RedisModule_GetDbIdFromDigest(RedisModuleDigest *dig)
int GetDbIdFromDigest(RedisModuleDigest* digest) noexcept { return digest->db; }

// const RedisModuleString *RedisModule_GetKeyNameFromDigest(RedisModuleDigest *dig)
const RedisModuleString* GetKeyNameFromDigest(RedisModuleDigest* digest) noexcept {
  return digest->key;
}

const abi::ApiRow kRows[] = {
    API_ROW(DigestAddStringBuffer), API_ROW(DigestAddLongLong),    API_ROW(DigestEndSequence),
    API_ROW(GetDbIdFromDigest),     API_ROW(GetKeyNameFromDigest),
};

}  // namespace

std::span<const abi::ApiRow> DigestRows() { return kRows; }

}  // namespace modcert::api
