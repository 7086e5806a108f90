#include "module/defrag.h"

#include "module/callback_handles.h"
#include "module/key_meta_class.h"

namespace modcert::module {
namespace {

using engine::KeyPlace;

// The RedisModuleDefragCtx of one callback.
class Context {
 public:
  Context(Host& host, Module& module, const KeyPlace& place)
      : host_(host),
        key_(host, place),
        ctx_(host.handles.defrag_contexts.New(&module, &host, &module)) {
    ctx_->key = key_.get();
    ctx_->db = place.db;
  }
  ~Context() { host_.handles.defrag_contexts.End(ctx_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  RedisModuleDefragCtx* operator->() { return ctx_; }
  RedisModuleDefragCtx* get() { return ctx_; }

 private:
  Host& host_;
  KeyName key_;
  RedisModuleDefragCtx* ctx_;
};

void CallWithoutLimit(Host& host, Module& module, RedisModuleDefragFunc callback) {
  if (!callback) return;
  const ModuleScope scope(host, &module);
  Context ctx(host, module, {});
  callback(ctx.get());
}

// The type of a value that can be moved; else null.
const RedisModuleType* MovableType(const engine::Entry* entry) {
  const engine::Opaque* opaque = entry ? std::get_if<engine::Opaque>(&entry->value) : nullptr;
  if (!opaque) return nullptr;
  const auto* type = static_cast<const RedisModuleType*>(opaque->type());
  return type->methods.defrag ? type : nullptr;
}

}  // namespace

void Defrag::Switched() {
  if (timer_) host_.server.timers.Cancel(*std::exchange(timer_, std::nullopt));
  if (is_running_) End();
  moves_things_ = false;
  if (host_.server.config.active_defrag) Schedule(kStepMs);
}

bool Defrag::MayMove() {
  ++(moves_things_ ? moves_ : misses_);
  return moves_things_;
}

void Defrag::Schedule(int64_t after_ms) {
  timer_ = host_.server.timers.Add(host_.server.clock.now_ms() + after_ms, [this] { Step(); });
}

void Defrag::Step() {
  moves_ = misses_ = 0;
  if (!is_running_) Begin();
  while (!ShouldStop() && DoNext()) {
  }
  host_.server.stats.active_defrag_hits += moves_;
  host_.server.stats.active_defrag_misses += misses_;
  const bool is_done = keys_.empty() && late_.empty() && rest_.empty();
  if (is_done) End();
  Schedule(is_done ? kCycleMs : kStepMs);
}

void Defrag::Begin() {
  is_running_ = true;
  moves_things_ = !moves_things_;
  for (const auto& module : host_.modules()) {
    CallWithoutLimit(host_, *module, module->defrag_start);
    if (module->defrag_rest || module->defrag_rest_in_steps) rest_.push_back(module->name);
  }
  for (int db = 0; db < host_.server.keyspace.db_count(); ++db)
    host_.server.keyspace.db(db).keys.ForEach([&](const std::string& name, const auto& entry) {
      if (MovableType(entry.get()) || entry->metadata) keys_.push_back({db, name});
    });
}

void Defrag::End() {
  is_running_ = false;
  keys_.clear();
  late_.clear();
  rest_.clear();
  module_cursor_ = 0;
  module_has_begun_ = false;
  for (const auto& module : host_.modules()) CallWithoutLimit(host_, *module, module->defrag_end);
}

// defrag.order: the long values of a database come behind its other ones, and what is outside of
// keys comes last.
bool Defrag::DoNext() {
  if (!late_.empty() && (keys_.empty() || keys_.front().db != late_.front().db)) {
    if (DoLate(late_.front()) == More::kYes) return false;
    late_.pop_front();
    return true;
  }
  if (!keys_.empty()) {
    DoKey(keys_.front());
    keys_.pop_front();
    return true;
  }
  if (rest_.empty()) return false;
  Module* module = host_.FindModule(rest_.front());
  if (module && DoModule(*module) == More::kYes) return false;
  rest_.pop_front();
  module_cursor_ = 0;
  module_has_begun_ = false;
  return true;
}

void Defrag::DoKey(const Key& key) {
  engine::Entry* entry = host_.server.keyspace.Peek(key.db, key.name);
  if (!entry) return;
  const int64_t before = moves_;
  if (entry->metadata) CallMetadata(key);
  if (const RedisModuleType* type = MovableType(entry)) {
    // defrag.late: what takes long gets calls of its own; an effort of 0 is without bounds.
    const void* value = std::get<engine::Opaque>(entry->value).value();
    const size_t effort = type->FreeEffort({key.name, key.db}, value);
    const auto max = static_cast<size_t>(host_.server.config.active_defrag_max_scan_fields);
    if (effort == 0 || effort > max)
      late_.push_back(key);
    else
      CallType(key, nullptr);
  }
  engine::Stats& stats = host_.server.stats;
  ++(moves_ > before ? stats.active_defrag_key_hits : stats.active_defrag_key_misses);
}

// A key whose callback asks for more without saying where from has no more calls.
Defrag::More Defrag::DoLate(Key& key) {
  if (CallType(key, &key.cursor) == More::kNo) key.cursor = 0;
  return key.cursor == 0 ? More::kNo : More::kYes;
}

Defrag::More Defrag::CallType(const Key& key, unsigned long* cursor) {
  engine::Entry* entry = host_.server.keyspace.Peek(key.db, key.name);
  const RedisModuleType* type = MovableType(entry);
  if (!type) return More::kNo;
  const ModuleScope scope(host_, &type->module);
  Context ctx(host_, type->module, {key.name, key.db});
  ctx->has_limit = cursor != nullptr;
  ctx->cursor = cursor;
  auto& opaque = std::get<engine::Opaque>(entry->value);
  void* value = opaque.value();
  // defrag.type-callback
  const int more = type->methods.defrag(ctx.get(), ctx->key, &value);
  opaque.set_value(value);
  return more ? More::kYes : More::kNo;
}

void Defrag::CallMetadata(const Key& key) {
  const engine::Entry* entry = host_.server.keyspace.Peek(key.db, key.name);
  entry->metadata->ForEach([&](const engine::KeyMetaClass& owner, uint64_t& meta) {
    const auto& meta_class = static_cast<const ModuleKeyMetaClass&>(owner);
    if (!meta_class.config().defrag) return;  // keymeta.defrag
    const ModuleScope scope(host_, &meta_class.module());
    Context ctx(host_, meta_class.module(), {key.name, key.db});
    meta_class.config().defrag(ctx.get(), ctx->key, meta);
  });
}

Defrag::More Defrag::DoModule(Module& module) {
  if (!std::exchange(module_has_begun_, true)) CallWithoutLimit(host_, module, module.defrag_rest);
  if (!module.defrag_rest_in_steps) return More::kNo;
  const ModuleScope scope(host_, &module);
  Context ctx(host_, module, {});
  ctx->has_limit = true;
  ctx->cursor = &module_cursor_;
  return module.defrag_rest_in_steps(ctx.get()) ? More::kYes : More::kNo;
}

}  // namespace modcert::module
