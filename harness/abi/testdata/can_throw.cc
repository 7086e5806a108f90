// Must not compile: an exception would unwind through the C frames of a module.
#include "abi/api_row.h"

namespace modcert::api {

int DeleteKey(RedisModuleKey*) { return REDISMODULE_OK; }

extern const abi::ApiRow kRows[];
const abi::ApiRow kRows[] = {API_ROW(DeleteKey)};

}  // namespace modcert::api
