// Must not compile: DeleteKey is published with a RedisModuleKey*.
#include "abi/api_row.h"

namespace modcert::api {

int DeleteKey(RedisModuleString*) noexcept { return REDISMODULE_OK; }

extern const abi::ApiRow kRows[];
const abi::ApiRow kRows[] = {API_ROW(DeleteKey)};

}  // namespace modcert::api
