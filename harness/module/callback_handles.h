// The handles that the callbacks of data types and of key metadata get: each lives for one call.
#pragma once

#include "module/host.h"

namespace modcert::module {

// The name of a key, when it is known.
class KeyName {
 public:
  KeyName(Host& host, const engine::KeyPlace& place)
      : host_(host),
        string_(place.key.empty() ? nullptr : host.NewString(nullptr, std::string(place.key))) {}
  ~KeyName() {
    if (string_) host_.ReleaseString(string_);
  }
  KeyName(const KeyName&) = delete;
  KeyName& operator=(const KeyName&) = delete;
  RedisModuleString* get() const { return string_; }

 private:
  Host& host_;
  RedisModuleString* string_;
};

// A RedisModuleIO; whoever makes it sets where it reads or writes.
class Io {
 public:
  Io(Host& host, Module& module, const engine::KeyPlace& place)
      : host_(host), key_(host, place), io_(host.handles.ios.New(&module, &host, &module)) {
    io_->db = place.db;
    io_->key = key_.get();
  }
  ~Io() {
    if (io_->ctx) host_.EndContext(io_->ctx);
    host_.handles.ios.End(io_);
  }
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;
  RedisModuleIO* operator->() { return io_; }
  RedisModuleIO* get() { return io_; }

 private:
  Host& host_;
  KeyName key_;
  RedisModuleIO* io_;
};

// A RedisModuleKeyOptCtx.
class KeyOptions {
 public:
  KeyOptions(Host& host, Module& module, const engine::KeyPlace& from,
             const engine::KeyPlace& to = {})
      : host_(host),
        from_(host, from),
        to_(host, to),
        options_(host.handles.key_options.New(&module, from_.get(), to_.get(), from.db, to.db)) {}
  ~KeyOptions() { host_.handles.key_options.End(options_); }
  KeyOptions(const KeyOptions&) = delete;
  KeyOptions& operator=(const KeyOptions&) = delete;
  RedisModuleKeyOptCtx* get() const { return options_; }

 private:
  Host& host_;
  KeyName from_;
  KeyName to_;
  RedisModuleKeyOptCtx* options_;
};

}  // namespace modcert::module
