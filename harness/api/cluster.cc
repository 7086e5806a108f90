// Modules Cluster API. A server without cluster mode has no nodes; its slots are all its own.

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include "api/call_format.h"
#include "api/rows.h"
#include "engine/cluster.h"
#include "module/host.h"
#include "module/slot_ranges.h"

namespace modcert::api {
namespace {

using abi::Profile;
using engine::Cluster;
using engine::ClusterNode;

constexpr size_t kAddressSize = 46;  // of the buffer for an address

const Cluster* ClusterOf(const module::Host* host) {
  return host ? host->server.cluster.get() : nullptr;
}

// Redis 7.0 to 8.2 and Valkey look for the NUL at the end of an id; the others take 40 bytes.
bool MeasuresIds(const Profile& profile) {
  return abi::AtLeast(profile, {7, 0, 0}) && !abi::AtLeast(profile, {8, 4, 0});
}

std::string_view IdAt(const char* id, const Profile& profile) {
  return MeasuresIds(profile) ? std::string_view(id)
                              : std::string_view(id, REDISMODULE_NODE_ID_LEN);
}

// ---- Messages.

// void RedisModule_RegisterClusterMessageReceiver(RedisModuleCtx *ctx, uint8_t type,
//                                                 RedisModuleClusterMessageReceiver callback)
void RegisterClusterMessageReceiver(RedisModuleCtx* ctx, uint8_t type,
                                    RedisModuleClusterMessageReceiver callback) noexcept {
  // cluster.message-needs-cluster: nothing is registered where nothing can arrive.
  if (ClusterOf(&ctx->host)) ctx->host.cluster_messages.Register(*ctx->module, type, callback);
}

// int RedisModule_SendClusterMessage(RedisModuleCtx *ctx, const char *target_id, uint8_t type,
//                                    const char *msg, uint32_t len)
int SendClusterMessage(RedisModuleCtx* ctx, const char* target_id, uint8_t type,
                       const char* message, uint32_t size) noexcept {
  // cluster.message-measured-id: an id that a callback was lent has no NUL behind it, so that it is
  // not found.
  const std::string_view target =
      target_id ? IdAt(target_id, ctx->host.api.profile()) : std::string_view();
  if (target_id && target.size() != REDISMODULE_NODE_ID_LEN) return REDISMODULE_ERR;
  return ctx->host.cluster_messages.Send(ctx->module, target, type, std::string(message, size))
             ? REDISMODULE_OK
             : REDISMODULE_ERR;
}

// ---- Nodes.

int FlagsOf(const Cluster& cluster, const ClusterNode& node) {
  int flags = node.is_primary() ? REDISMODULE_NODE_MASTER : REDISMODULE_NODE_SLAVE;
  if (node.id == cluster.self().id) flags |= REDISMODULE_NODE_MYSELF;
  return flags;
}

// Writes what is asked for: each of the four may be null.
void Describe(const Cluster& cluster, const ClusterNode& node, char* ip, char* primary_id,
              int* port, int* flags) {
  if (ip) {
    std::memset(ip, 0, kAddressSize);
    node.host.copy(ip, kAddressSize - 1);
  }
  if (primary_id) {
    std::memset(primary_id, 0, REDISMODULE_NODE_ID_LEN);
    node.primary_id.copy(primary_id, REDISMODULE_NODE_ID_LEN);
  }
  if (port) *port = node.port;
  if (flags) *flags = FlagsOf(cluster, node);
}

int NodeInfo(const module::Host& host, const char* id, char* ip, char* primary_id, int* port,
             int* flags) {
  const Cluster* cluster = ClusterOf(&host);
  // A real server without cluster mode crashes here.
  const ClusterNode* node = cluster ? cluster->Find(IdAt(id, host.api.profile())) : nullptr;
  if (!node) return REDISMODULE_ERR;
  Describe(*cluster, *node, ip, primary_id, port, flags);
  return REDISMODULE_OK;
}

// int RedisModule_GetClusterNodeInfo(RedisModuleCtx *ctx, const char *id, char *ip,
//                                    char *master_id, int *port, int *flags)
int GetClusterNodeInfo(RedisModuleCtx* ctx, const char* id, char* ip, char* primary_id, int* port,
                       int* flags) noexcept {
  return NodeInfo(ctx->host, id, ip, primary_id, port, flags);
}

// int RedisModule_GetClusterNodeInfoForClient(RedisModuleCtx *ctx, uint64_t client_id,
//                                             const char *node_id, char *ip, char *primary_id,
//                                             int *port, int *flags)
int GetClusterNodeInfoForClient(RedisModuleCtx* ctx, uint64_t client_id, const char* id, char* ip,
                                char* primary_id, int* port, int* flags) noexcept {
  // Every client sees the nodes under the same addresses here.
  if (!ctx->host.server.FindClient(client_id)) return REDISMODULE_ERR;
  return NodeInfo(ctx->host, id, ip, primary_id, port, flags);
}

// char **RedisModule_GetClusterNodesList(RedisModuleCtx *ctx, size_t *numnodes)
char** GetClusterNodesList(RedisModuleCtx* ctx, size_t* count) noexcept {
  const Cluster* cluster = ClusterOf(&ctx->host);
  if (!cluster) return nullptr;
  // cluster.nodes-list: one block, first the pointers with a null at their end, then the ids.
  const size_t node_count = cluster->nodes().size();
  const size_t pointers_size = (node_count + 1) * sizeof(char*);
  auto* const ids =
      static_cast<char**>(malloc(pointers_size + node_count * REDISMODULE_NODE_ID_LEN + 1));
  char* text = reinterpret_cast<char*>(ids) + pointers_size;
  size_t index = 0;
  for (const auto& [id, node] : cluster->nodes()) {
    id.copy(text, REDISMODULE_NODE_ID_LEN);
    ids[index++] = text;
    text += REDISMODULE_NODE_ID_LEN;
  }
  *text = module::kBehindId;
  ids[index] = nullptr;
  *count = node_count;
  return ids;
}

// void RedisModule_FreeClusterNodesList(char **ids)
void FreeClusterNodesList(char** ids) noexcept { free(ids); }

// const char *RedisModule_GetMyClusterID(void)
const char* GetMyClusterID() noexcept {
  module::Host* host = module::CurrentHost();
  return ClusterOf(host) ? host->cluster_messages.OwnId() : nullptr;
}

// size_t RedisModule_GetClusterSize(void)
size_t GetClusterSize() noexcept {
  const Cluster* cluster = ClusterOf(module::CurrentHost());
  return cluster ? cluster->nodes().size() : 0;
}

// void RedisModule_SetClusterFlags(RedisModuleCtx *ctx, uint64_t flags)
void SetClusterFlags(RedisModuleCtx* ctx, uint64_t flags) noexcept {
  // cluster.flags-add: those that are not given stay as they are.
  if (Cluster* cluster = ctx->host.server.cluster.get())
    cluster->SwitchOff((flags & REDISMODULE_CLUSTER_FLAG_NO_FAILOVER) != 0,
                       (flags & REDISMODULE_CLUSTER_FLAG_NO_REDIRECTION) != 0);
}

// ---- Slots.

// unsigned int RedisModule_ClusterKeySlot(RedisModuleString *key)
unsigned int ClusterKeySlot(RedisModuleString* key) noexcept {
  return static_cast<unsigned int>(engine::SlotOf(key->bytes));
}

// unsigned int RedisModule_ClusterKeySlotC(const char *keystr, size_t keylen)
unsigned int ClusterKeySlotC(const char* key, size_t size) noexcept {
  return static_cast<unsigned int>(engine::SlotOf({key, size}));
}

// const char *RedisModule_ClusterCanonicalKeyNameInSlot(unsigned int slot)
const char* ClusterCanonicalKeyNameInSlot(unsigned int slot) noexcept {
  static const std::vector<std::string> names = engine::ShortKeyNames();
  return slot < names.size() ? names[slot].c_str() : nullptr;
}

// int RedisModule_ClusterCanAccessKeysInSlot(int slot)
int ClusterCanAccessKeysInSlot(int slot) noexcept {
  if (slot < 0 || slot >= engine::kSlotCount) return 0;
  const Cluster* cluster = ClusterOf(module::CurrentHost());
  if (!cluster || cluster->importing().contains(slot)) return 1;
  const ClusterNode* owner = cluster->OwnerOf(slot);
  if (!owner) return 0;
  // cluster.slot-own: a replica has the slots of its primary.
  return owner->id == cluster->self().id || owner->id == cluster->self().primary_id ? 1 : 0;
}

RedisModuleSlotRangeArray* Tracked(RedisModuleCtx* ctx, module::SlotRangesPointer slots) {
  if (ctx) ctx->Track(abi::HandleKind::kNone, slots.get());
  return slots.release();
}

// What a node serves, or the primary of one that is a replica.
std::vector<std::pair<int, int>> RangesOf(const Cluster& cluster, const ClusterNode& node) {
  return cluster.RangesOf(node.is_primary() ? node.id : node.primary_id);
}

// RedisModuleSlotRangeArray *RedisModule_ClusterGetLocalSlotRanges(RedisModuleCtx *ctx)
RedisModuleSlotRangeArray* ClusterGetLocalSlotRanges(RedisModuleCtx* ctx) noexcept {
  std::vector<std::pair<int, int>> ranges = {{0, engine::kSlotCount - 1}};
  const Cluster* cluster = ClusterOf(ctx ? &ctx->host : module::CurrentHost());
  if (cluster) ranges = RangesOf(*cluster, cluster->self());
  return Tracked(ctx, module::NewSlotRanges(ranges));
}

// RedisModuleSlotRangeArray *RedisModule_GetClusterNodeSlotRanges(RedisModuleCtx *ctx,
//                                                                 const char *nodeid)
RedisModuleSlotRangeArray* GetClusterNodeSlotRanges(RedisModuleCtx* ctx, const char* id) noexcept {
  const Cluster* cluster = ClusterOf(ctx ? &ctx->host : module::CurrentHost());
  const ClusterNode* node =
      cluster ? cluster->Find(std::string_view(id, REDISMODULE_NODE_ID_LEN)) : nullptr;
  std::vector<std::pair<int, int>> ranges;
  if (node) ranges = RangesOf(*cluster, *node);
  return Tracked(ctx, module::NewSlotRanges(ranges));
}

// void RedisModule_ClusterFreeSlotRanges(RedisModuleCtx *ctx, RedisModuleSlotRangeArray *slots)
void ClusterFreeSlotRanges(RedisModuleCtx* ctx, RedisModuleSlotRangeArray* slots) noexcept {
  if (ctx) ctx->Untrack(slots);
  free(slots);
}

// ---- Migration of slots.

// int RedisModule_ClusterDisableTrim(RedisModuleCtx *ctx)
int ClusterDisableTrim(RedisModuleCtx* ctx) noexcept {
  int& holds = ctx->host.server.trim_holds;
  if (holds == INT_MAX) return REDISMODULE_ERR;
  ++holds;
  return REDISMODULE_OK;
}

// int RedisModule_ClusterEnableTrim(RedisModuleCtx *ctx)
int ClusterEnableTrim(RedisModuleCtx* ctx) noexcept {
  int& holds = ctx->host.server.trim_holds;
  if (holds == 0) return REDISMODULE_ERR;
  --holds;
  return REDISMODULE_OK;
}

// What is wrong with a command for the destination of slots: errno, or 0.
int ProblemOf(module::Host& host, const module::CallRequest& call) {
  if (!call.well_formed) return EINVAL;
  if (!host.server.commands.Find(call.args)) return ENOENT;
  // cluster.propagate-outside: only a child that sends slots away may add to them.
  return EBADF;
}

// int RedisModule_ClusterPropagateForSlotMigration(RedisModuleCtx *ctx, const char *cmdname,
//                                                  const char *fmt, ...)
int ClusterPropagateForSlotMigration(RedisModuleCtx* ctx, const char* command, const char* format,
                                     ...) noexcept {
  errno = EINVAL;
  if (!ctx || !command || !format) return REDISMODULE_ERR;
  va_list arguments;
  va_start(arguments, format);
  const module::CallRequest call = ParseCall(ctx->host.api.profile(), command, format, arguments);
  va_end(arguments);
  errno = ProblemOf(ctx->host, call);
  return REDISMODULE_ERR;
}

const abi::ApiRow kRows[] = {
    API_ROW(RegisterClusterMessageReceiver),
    API_ROW(SendClusterMessage),
    API_ROW(GetClusterNodeInfo),
    API_ROW(GetClusterNodeInfoForClient),
    API_ROW(GetClusterNodesList),
    API_ROW(FreeClusterNodesList),
    API_ROW(GetMyClusterID),
    API_ROW(GetClusterSize),
    API_ROW(SetClusterFlags),
    API_ROW(ClusterKeySlot),
    API_ROW(ClusterKeySlotC),
    API_ROW(ClusterCanonicalKeyNameInSlot),
    API_ROW(ClusterCanAccessKeysInSlot),
    API_ROW(ClusterGetLocalSlotRanges),
    API_ROW(GetClusterNodeSlotRanges),
    API_ROW(ClusterFreeSlotRanges),
    API_ROW(ClusterDisableTrim),
    API_ROW(ClusterEnableTrim),
    API_ROW(ClusterPropagateForSlotMigration).Partial("no slots move as a whole"),
};

}  // namespace

std::span<const abi::ApiRow> ClusterRows() { return kRows; }

}  // namespace modcert::api
