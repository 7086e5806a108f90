// Calling Redis commands from modules: the reply of Call, walked as a tree.

#include <climits>

#include "api/rows.h"
#include "module/host.h"
#include "resp/encode.h"

namespace modcert::api {
namespace {

using resp::Type;
using resp::Value;

// What the reply holds. A real server reads the protocol at the first of these calls.
const Value& Read(RedisModuleCallReply* reply) {
  reply->parsed = true;
  return *reply->value;
}

bool HasText(const Value& value) {
  return value.type == Type::kSimple || value.type == Type::kBulk || value.type == Type::kError;
}

int TypeOf(const Value& value, bool exact_kinds) {
  switch (value.type) {
    case Type::kSimple:
      return exact_kinds ? VALKEYMODULE_REPLY_SIMPLE_STRING : REDISMODULE_REPLY_STRING;
    case Type::kBulk:
      return REDISMODULE_REPLY_STRING;
    case Type::kError:
      return REDISMODULE_REPLY_ERROR;
    case Type::kInteger:
      return REDISMODULE_REPLY_INTEGER;
    case Type::kNull:
      return REDISMODULE_REPLY_NULL;
    case Type::kNullArray:
      return exact_kinds ? VALKEYMODULE_REPLY_ARRAY_NULL : REDISMODULE_REPLY_NULL;
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

// int RedisModule_CallReplyType(RedisModuleCallReply *reply)
int CallReplyType(RedisModuleCallReply* reply) noexcept {
  if (!reply) return REDISMODULE_REPLY_UNKNOWN;  // callreply.type-of-null
  if (reply->promise) return REDISMODULE_REPLY_PROMISE;
  if (reply->is_attribute) return REDISMODULE_REPLY_ATTRIBUTE;
  return TypeOf(Read(reply), reply->exact_kinds);
}

// long long RedisModule_CallReplyInteger(RedisModuleCallReply *reply)
long long CallReplyInteger(RedisModuleCallReply* reply) noexcept {
  if (!reply || Read(reply).type != Type::kInteger) return LLONG_MIN;
  return reply->value->integer;
}

// double RedisModule_CallReplyDouble(RedisModuleCallReply *reply)
double CallReplyDouble(RedisModuleCallReply* reply) noexcept {
  if (!reply || Read(reply).type != Type::kDouble) return static_cast<double>(LLONG_MIN);
  return reply->value->number;
}

// int RedisModule_CallReplyBool(RedisModuleCallReply *reply)
int CallReplyBool(RedisModuleCallReply* reply) noexcept {
  if (!reply || Read(reply).type != Type::kBool) return INT_MIN;
  return reply->value->integer != 0;
}

// size_t RedisModule_CallReplyLength(RedisModuleCallReply *reply)
size_t CallReplyLength(RedisModuleCallReply* reply) noexcept {
  if (!reply) return 0;
  const Value& value = Read(reply);
  // callreply.length-of-others: verbatim strings and big numbers have none.
  if (HasText(value)) return value.text.size();
  switch (value.type) {
    case Type::kArray:
    case Type::kSet:
      return value.children.size();
    case Type::kMap:
      return value.children.size() / 2;
    default:
      return 0;
  }
}

RedisModuleCallReply* RootOf(RedisModuleCallReply* reply) {
  return reply->root ? reply->root : reply;
}

// A handle below `reply`, which goes with the root of it all.
RedisModuleCallReply* NewChild(RedisModuleCallReply* reply, std::unique_ptr<Value> tree,
                               const Value* value) {
  RedisModuleCallReply* root = RootOf(reply);
  module::Module* owner = module::HandleSlabs::HeaderOf(root).owner;
  RedisModuleCallReply* child = root->host.handles.replies.New(
      owner, root->host, root->ctx, root, std::move(tree), value, root->protocol);
  child->exact_kinds = root->exact_kinds;
  child->parsed = true;  // with what is around it
  root->descendants.push_back(child);
  return child;
}

// callreply.free-of-parts: the same handle each time.
RedisModuleCallReply* Element(RedisModuleCallReply* reply, size_t index) {
  RedisModuleCallReply*& element = reply->elements[index];
  if (!element) element = NewChild(reply, nullptr, &reply->value->children[index]);
  return element;
}

RedisModuleCallReply* ElementOf(RedisModuleCallReply* reply, Type type, size_t index) {
  if (!reply || Read(reply).type != type || index >= reply->value->children.size()) return nullptr;
  return Element(reply, index);
}

// RedisModuleCallReply *RedisModule_CallReplyArrayElement(RedisModuleCallReply *reply, size_t idx)
RedisModuleCallReply* CallReplyArrayElement(RedisModuleCallReply* reply, size_t index) noexcept {
  return ElementOf(reply, Type::kArray, index);
}

// RedisModuleCallReply *RedisModule_CallReplySetElement(RedisModuleCallReply *reply, size_t idx)
RedisModuleCallReply* CallReplySetElement(RedisModuleCallReply* reply, size_t index) noexcept {
  return ElementOf(reply, Type::kSet, index);
}

int PairOf(RedisModuleCallReply* reply, size_t index, RedisModuleCallReply** key,
           RedisModuleCallReply** value) {
  if (!reply || reply->is_attribute || Read(reply).type != Type::kMap ||
      index >= reply->value->children.size() / 2)
    return REDISMODULE_ERR;
  if (key) *key = Element(reply, 2 * index);
  if (value) *value = Element(reply, 2 * index + 1);
  return REDISMODULE_OK;
}

// int RedisModule_CallReplyMapElement(RedisModuleCallReply *reply, size_t idx,
//                                     RedisModuleCallReply **key, RedisModuleCallReply **val)
int CallReplyMapElement(RedisModuleCallReply* reply, size_t index, RedisModuleCallReply** key,
                        RedisModuleCallReply** value) noexcept {
  return PairOf(reply, index, key, value);
}

// int RedisModule_CallReplyAttributeElement(RedisModuleCallReply *reply, size_t idx,
//                                           RedisModuleCallReply **key, RedisModuleCallReply **val)
int CallReplyAttributeElement(RedisModuleCallReply* reply, size_t index, RedisModuleCallReply** key,
                              RedisModuleCallReply** value) noexcept {
  // callreply.attribute-elements: servers test for a map here, so that an attribute is refused and
  // a map is taken.
  return PairOf(reply, index, key, value);
}

// RedisModuleCallReply *RedisModule_CallReplyAttribute(RedisModuleCallReply *reply)
RedisModuleCallReply* CallReplyAttribute(RedisModuleCallReply* reply) noexcept {
  // callreply.attribute-once-read: this function alone does not make a server read the reply.
  if (!reply || !reply->parsed || reply->value->attributes.empty()) return nullptr;
  if (reply->attribute) return reply->attribute;
  auto map = std::make_unique<Value>(Value::Map(reply->value->attributes));
  const Value* value = map.get();
  reply->attribute = NewChild(reply, std::move(map), value);
  reply->attribute->is_attribute = true;
  return reply->attribute;
}

// The text of a reply of that type, or null.
const char* TextOf(RedisModuleCallReply* reply, Type type, size_t* size) {
  if (!reply || Read(reply).type != type) return nullptr;
  *size = reply->value->text.size();
  return reply->value->text.data();
}

// const char *RedisModule_CallReplyBigNumber(RedisModuleCallReply *reply, size_t *len)
const char* CallReplyBigNumber(RedisModuleCallReply* reply, size_t* size) noexcept {
  return TextOf(reply, Type::kBigNumber, size);
}

// const char *RedisModule_CallReplyVerbatim(RedisModuleCallReply *reply, size_t *len,
//                                           const char **format)
const char* CallReplyVerbatim(RedisModuleCallReply* reply, size_t* size,
                              const char** format) noexcept {
  const char* text = TextOf(reply, Type::kVerbatim, size);
  if (text && format) *format = reply->value->format.data();
  return text;
}

// const char *RedisModule_CallReplyStringPtr(RedisModuleCallReply *reply, size_t *len)
const char* CallReplyStringPtr(RedisModuleCallReply* reply, size_t* size) noexcept {
  if (!reply || !HasText(Read(reply))) return nullptr;
  if (size) *size = reply->value->text.size();
  return reply->value->text.data();
}

// RedisModuleString *RedisModule_CreateStringFromCallReply(RedisModuleCallReply *reply)
RedisModuleString* CreateStringFromCallReply(RedisModuleCallReply* reply) noexcept {
  if (!reply) return nullptr;
  const Value& value = Read(reply);
  RedisModuleCtx* ctx = RootOf(reply)->ctx;
  if (HasText(value)) return reply->host.NewString(ctx, value.text);
  if (value.type != Type::kInteger) return nullptr;
  return reply->host.NewString(ctx, std::to_string(value.integer));
}

// The header of a map and that of an attribute differ by their type byte.
void EncodeAttribute(const Value& map, std::string& out) {
  resp::AppendAttributeHeader(map.children.size() / 2, out);
  for (const Value& child : map.children) resp::Encode(child, resp::Protocol::kResp3, out);
}

// const char *RedisModule_CallReplyProto(RedisModuleCallReply *reply, size_t *len)
const char* CallReplyProto(RedisModuleCallReply* reply, size_t* size) noexcept {
  if (reply->proto.empty() && reply->is_attribute) EncodeAttribute(*reply->value, reply->proto);
  if (reply->proto.empty()) resp::Encode(*reply->value, reply->protocol, reply->proto);
  if (size) *size = reply->proto.size();
  return reply->proto.data();
}

// void RedisModule_CallReplyPromiseSetUnblockHandler(RedisModuleCallReply *reply,
//     RedisModuleOnUnblocked on_unblock, void *private_data)
void CallReplyPromiseSetUnblockHandler(RedisModuleCallReply* reply,
                                       RedisModuleOnUnblocked on_unblock,
                                       void* private_data) noexcept {
  reply->promise->on_unblocked = on_unblock;
  reply->promise->private_data = private_data;
}

// int RedisModule_CallReplyPromiseAbort(RedisModuleCallReply *reply, void **private_data)
int CallReplyPromiseAbort(RedisModuleCallReply* reply, void** private_data) noexcept {
  module::CallPromise& promise = *reply->promise;
  // promise.abort-once
  if (!promise.Abort()) return REDISMODULE_ERR;
  if (private_data) *private_data = promise.private_data;
  return REDISMODULE_OK;
}

// void RedisModule_FreeCallReply(RedisModuleCallReply *reply)
void FreeCallReply(RedisModuleCallReply* reply) noexcept {
  if (reply->root) return;  // callreply.free-of-parts
  if (reply->ctx) reply->ctx->Untrack(reply);
  reply->host.FreeReply(reply);
}

const abi::ApiRow kRows[] = {
    API_ROW(CallReplyType),
    API_ROW(CallReplyInteger),
    API_ROW(CallReplyDouble),
    API_ROW(CallReplyBool),
    API_ROW(CallReplyLength),
    API_ROW(CallReplyArrayElement),
    API_ROW(CallReplySetElement),
    API_ROW(CallReplyMapElement),
    API_ROW(CallReplyAttributeElement),
    API_ROW(CallReplyAttribute),
    API_ROW(CallReplyBigNumber),
    API_ROW(CallReplyVerbatim),
    API_ROW(CallReplyStringPtr),
    API_ROW(CreateStringFromCallReply),
    API_ROW(CallReplyProto),
    API_ROW(CallReplyPromiseSetUnblockHandler),
    API_ROW(CallReplyPromiseAbort),
    API_ROW(FreeCallReply),
};

}  // namespace

std::span<const abi::ApiRow> CallReplyRows() { return kRows; }

}  // namespace modcert::api
