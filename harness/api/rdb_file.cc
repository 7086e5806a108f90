// RDB load/save API.

#include <cerrno>

#include "api/rows.h"
#include "base/hex.h"
#include "base/sha1.h"
#include "engine/cluster.h"
#include "engine/dataset_files.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// RedisModuleRdbStream *RedisModule_RdbStreamCreateFromFile(const char *filename)
RedisModuleRdbStream* RdbStreamCreateFromFile(const char* file_name) noexcept {
  // rdbfile.opens-nothing: the name is copied, and that is all.
  return module::CurrentHost()->handles.rdb_streams.New(module::CurrentModule(), file_name);
}

// void RedisModule_RdbStreamFree(RedisModuleRdbStream *stream)
void RdbStreamFree(RedisModuleRdbStream* stream) noexcept {
  module::CurrentHost()->handles.rdb_streams.End(stream);
}

// OK for 0. errno is set in any case.
int Outcome(int error) {
  errno = error;
  return error == 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

// int RedisModule_RdbLoad(RedisModuleCtx *ctx, RedisModuleRdbStream *stream, int flags)
int RdbLoad(RedisModuleCtx* ctx, RedisModuleRdbStream* stream, int flags) noexcept {
  if (!stream || flags != 0) return Outcome(EINVAL);  // rdbfile.bad-arguments
  return Outcome(engine::LoadDatasetFrom(ctx->host.server, stream->file_name));  // rdbfile.load
}

// int RedisModule_RdbSave(RedisModuleCtx *ctx, RedisModuleRdbStream *stream, int flags)
int RdbSave(RedisModuleCtx* ctx, RedisModuleRdbStream* stream, int flags) noexcept {
  if (!stream || flags != 0) return Outcome(EINVAL);  // rdbfile.bad-arguments
  return Outcome(engine::SaveDatasetTo(ctx->host.server, stream->file_name));  // rdbfile.save
}

// const char *RedisModule_GetInternalSecret(RedisModuleCtx *ctx, size_t *len)
const char* GetInternalSecret(RedisModuleCtx* ctx, size_t* size) noexcept {
  const engine::Cluster* cluster = ctx->host.server.cluster.get();
  if (!cluster) return nullptr;  // secret.no-cluster
  // secret.same-in-cluster: nodes that know each other agree on the secret of one of them; it is
  // made of that one's id.
  std::string& secret = ctx->host.internal_secret;
  const Sha1Bytes digest = Sha1("internal secret " + cluster->nodes().begin()->first);
  secret = HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
  *size = secret.size();
  return secret.data();
}

const abi::ApiRow kRows[] = {
    API_ROW(RdbStreamCreateFromFile), API_ROW(RdbStreamFree), API_ROW(RdbLoad), API_ROW(RdbSave),
    API_ROW(GetInternalSecret),
};

}  // namespace

std::span<const abi::ApiRow> RdbFileRows() { return kRows; }

}  // namespace modcert::api
