// Modules utility APIs.

#include "api/rows.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// Drawn from the host's seed, so that a run repeats.
uint64_t RandomNumber() {
  module::Host* host = module::CurrentHost();
  return host ? host->server.random.Next() : 0;
}

// void RedisModule_GetRandomBytes(unsigned char *dst, size_t len)
void GetRandomBytes(unsigned char* bytes, size_t size) noexcept {
  // utility.random-bytes
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(RandomNumber());
}

// void RedisModule_GetRandomHexChars(char *dst, size_t len)
void GetRandomHexChars(char* digits, size_t size) noexcept {
  // utility.random-hex
  for (size_t i = 0; i < size; ++i) digits[i] = "0123456789abcdef"[RandomNumber() % 16];
}

const abi::ApiRow kRows[] = {
    API_ROW(GetRandomBytes),
    API_ROW(GetRandomHexChars),
};

}  // namespace

std::span<const abi::ApiRow> UtilityRows() { return kRows; }

}  // namespace modcert::api
