// Calling Redis commands from modules: the reply of Call, walked as a tree.

#include <climits>

#include "api/rows.h"
#include "module/host.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using resp::Type;

RedisModuleCallReply* RootOf(RedisModuleCallReply* reply) {
  return reply->root ? reply->root : reply;
}

bool HasText(const RedisModuleCallReply* reply) {
  const Type type = reply->value->type;
  return type == Type::kSimple || type == Type::kBulk || type == Type::kError;
}

// int RedisModule_CallReplyType(RedisModuleCallReply *reply)
int CallReplyType(RedisModuleCallReply* reply) noexcept {
  if (!reply) return REDISMODULE_REPLY_UNKNOWN;
  switch (reply->value->type) {
    case Type::kSimple:
    case Type::kBulk:
      return REDISMODULE_REPLY_STRING;
    case Type::kError:
      return REDISMODULE_REPLY_ERROR;
    case Type::kInteger:
      return REDISMODULE_REPLY_INTEGER;
    case Type::kNull:
    case Type::kNullArray:
      return REDISMODULE_REPLY_NULL;
    case Type::kArray:
      return REDISMODULE_REPLY_ARRAY;
    case Type::kDouble:
      return REDISMODULE_REPLY_DOUBLE;
    case Type::kBool:
      return REDISMODULE_REPLY_BOOL;
    case Type::kBigNumber:
      return REDISMODULE_REPLY_BIG_NUMBER;
    case Type::kVerbatim:
      return REDISMODULE_REPLY_VERBATIM_STRING;
    case Type::kMap:
      return REDISMODULE_REPLY_MAP;
    case Type::kSet:
      return REDISMODULE_REPLY_SET;
    case Type::kPush:
      break;
  }
  return REDISMODULE_REPLY_UNKNOWN;
}

// long long RedisModule_CallReplyInteger(RedisModuleCallReply *reply)
long long CallReplyInteger(RedisModuleCallReply* reply) noexcept {
  if (!reply || reply->value->type != Type::kInteger) return LLONG_MIN;
  return reply->value->integer;
}

// size_t RedisModule_CallReplyLength(RedisModuleCallReply *reply)
size_t CallReplyLength(RedisModuleCallReply* reply) noexcept {
  if (!reply) return 0;
  if (HasText(reply)) return reply->value->text.size();
  switch (reply->value->type) {
    case Type::kArray:
    case Type::kSet:
      return reply->value->children.size();
    case Type::kMap:
      return reply->value->children.size() / 2;
    default:
      return 0;
  }
}

// RedisModuleCallReply *RedisModule_CallReplyArrayElement(RedisModuleCallReply *reply, size_t idx)
RedisModuleCallReply* CallReplyArrayElement(RedisModuleCallReply* reply, size_t index) noexcept {
  if (!reply || reply->value->type != Type::kArray || index >= reply->value->children.size())
    return nullptr;
  RedisModuleCallReply*& element = reply->elements[index];
  if (element) return element;
  RedisModuleCallReply* root = RootOf(reply);
  element = root->ctx->host.handles.replies.New(root->ctx->module, root->ctx, root, nullptr,
                                                &reply->value->children[index], root->protocol);
  root->descendants.push_back(element);
  return element;
}

// const char *RedisModule_CallReplyStringPtr(RedisModuleCallReply *reply, size_t *len)
const char* CallReplyStringPtr(RedisModuleCallReply* reply, size_t* size) noexcept {
  if (!reply || !HasText(reply)) return nullptr;
  if (size) *size = reply->value->text.size();
  return reply->value->text.data();
}

// RedisModuleString *RedisModule_CreateStringFromCallReply(RedisModuleCallReply *reply)
RedisModuleString* CreateStringFromCallReply(RedisModuleCallReply* reply) noexcept {
  if (!reply) return nullptr;
  RedisModuleCtx* ctx = RootOf(reply)->ctx;
  if (HasText(reply)) return ctx->host.NewString(ctx, reply->value->text);
  if (reply->value->type != Type::kInteger) return nullptr;
  return ctx->host.NewString(ctx, std::to_string(reply->value->integer));
}

// const char *RedisModule_CallReplyProto(RedisModuleCallReply *reply, size_t *len)
const char* CallReplyProto(RedisModuleCallReply* reply, size_t* size) noexcept {
  if (reply->proto.empty()) resp::Encode(*reply->value, reply->protocol, reply->proto);
  if (size) *size = reply->proto.size();
  return reply->proto.data();
}

// void RedisModule_FreeCallReply(RedisModuleCallReply *reply)
void FreeCallReply(RedisModuleCallReply* reply) noexcept {
  if (reply->root) return;  // an element goes with its root
  reply->ctx->Untrack(reply);
  reply->ctx->host.FreeReply(reply);
}

const abi::ApiRow kRows[] = {
    API_ROW(CallReplyType),         API_ROW(CallReplyInteger),   API_ROW(CallReplyLength),
    API_ROW(CallReplyArrayElement), API_ROW(CallReplyStringPtr), API_ROW(CreateStringFromCallReply),
    API_ROW(CallReplyProto),        API_ROW(FreeCallReply),
};

}  // namespace

std::span<const abi::ApiRow> CallReplyRows() { return kRows; }

}  // namespace modcert::api
