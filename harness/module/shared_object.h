// A module's file, mapped into the process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace modcert::module {

// Each object has globals of its own, so that two hosts can load the same module: where the process
// has the file mapped already, a copy of it is mapped. Its symbols are local, and bind to each
// other before anything of the process.
class SharedObject {
 public:
  // The error says why the file cannot be loaded and what to do about it.
  static Result<std::unique_ptr<SharedObject>> Open(const std::string& path);
  ~SharedObject();
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  // The address of a symbol that the file exports; null when it does not.
  void* Find(const char* symbol) const;
  // Whether an address lies in the code or data of this object.
  bool Contains(const void* address) const {
    const auto at = reinterpret_cast<uintptr_t>(address);
    return at >= begin_ && at < end_;
  }
  const std::string& path() const { return path_; }
  // The file as it was when it was opened.
  std::string ReadBytes() const;
  // Its code stays mapped for ever: threads may still run in it.
  void NeverClose() { close_ = false; }

 private:
  SharedObject(std::string path, int fd, void* handle);

  std::string path_;
  int fd_;  // of the file, or of its copy in memory
  void* handle_;
  uintptr_t begin_ = 0;
  uintptr_t end_ = 0;
  bool close_ = true;
};

// Why an object has no entry point: a mangled one is found and named.
Error MissingEntryPoint(const SharedObject& object, std::string_view wanted);

}  // namespace modcert::module
