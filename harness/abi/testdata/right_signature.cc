// The control of wrong_signature.cc and can_throw.cc: this compiles.
#include "abi/api_row.h"

namespace modcert::api {

int DeleteKey(RedisModuleKey*) noexcept { return REDISMODULE_OK; }
int HashSet(RedisModuleKey*, int, ...) noexcept { return 0; }
int CheckedHashSet(RedisModuleKey*, int, ...) noexcept { return 0; }

extern const abi::ApiRow kRows[];
const abi::ApiRow kRows[] = {API_ROW(DeleteKey), API_ROW(HashSet, CheckedHashSet)};

}  // namespace modcert::api
