#include "module/shared_object.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "fmt/format.h"
#include "module/elf.h"

namespace modcert::module {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

// Deep binding: a module that bundles a library which the host's process has too (sds in hiredis)
// gets its own. The sanitizers' runtime refuses the flag, and needs to see malloc first anyway.
constexpr int kOpenFlags = RTLD_NOW | RTLD_LOCAL | (kSanitized ? 0 : RTLD_DEEPBIND);

// A file descriptor that closes itself unless it is released.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd) {
    close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

std::string BaseName(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string ReadAll(int fd) {
  std::string bytes;
  struct stat info = {};
  if (fstat(fd, &info) != 0) return bytes;
  bytes.resize(static_cast<size_t>(info.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

// The whole file, in memory of its own.
Result<int> CopyOf(int file, const std::string& path) {
  struct stat info = {};
  if (fstat(file, &info) != 0) return Fail(path, "cannot be read");
  OpenFile copy(memfd_create(BaseName(path).substr(0, 200).c_str(), MFD_CLOEXEC));
  if (copy.get() < 0)
    return Fail(path, fmt::format("cannot be copied into memory: {}", std::strerror(errno)));
  off_t offset = 0;
  while (offset < info.st_size) {
    const ssize_t sent =
        sendfile(copy.get(), file, &offset, static_cast<size_t>(info.st_size - offset));
    if (sent <= 0)
      return Fail(path, fmt::format("cannot be copied into memory: {}", std::strerror(errno)));
  }
  return copy.release();
}

// The file, after the checks that need no loading.
Result<int> OpenChecked(const std::string& path) {
  OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0)
    return Fail(path, fmt::format("cannot be opened: {}", std::strerror(errno)),
                errno == ENOENT ? "check the path" : "check its permissions");
  struct stat info = {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return Fail(path, "is not a file", "give the path of the module's .so");
  // As redis-server does since 6.0.
  if ((info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
    return Fail(path, "has no execute permission, and a server refuses such a module",
                fmt::format("chmod +x {}", path));
  std::array<char, 64> head = {};
  const ssize_t got = pread(file.get(), head.data(), head.size(), 0);
  const std::string_view bytes(head.data(), got < 0 ? 0 : static_cast<size_t>(got));
  if (Status status = CheckElfHeader(bytes, path); !status)
    return tl::unexpected<Error>(status.error());
  return file.release();
}

// A name that dlopen takes as a path.
std::string AsPath(const std::string& path) {
  return path.find('/') == std::string::npos ? "./" + path : path;
}

// Whether the process has this file mapped, which dlopen would give out again.
bool IsLoaded(const std::string& path) {
  void* handle = dlopen(AsPath(path).c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle) dlclose(handle);
  return handle != nullptr;
}

// What dlopen said, turned into a problem and a remedy.
Error OpenError(const std::string& path, const std::string& name, std::string text) {
  // "/proc/self/fd/7: undefined symbol: foo"
  if (text.starts_with(name + ": ")) text.erase(0, name.size() + 2);
  constexpr std::string_view kUndefined = "undefined symbol: ";
  if (text.starts_with(kUndefined)) {
    const std::string symbol = text.substr(kUndefined.size());
    return {path, fmt::format("needs the symbol '{}', which nobody defines", symbol),
            fmt::format("link the library that has {}, or define it; `nm -D --undefined-only {}` "
                        "lists what it needs",
                        symbol, path)};
  }
  if (const size_t missing = text.find(": cannot open shared object file");
      missing != std::string::npos) {
    const std::string library = text.substr(0, missing);
    return {path, fmt::format("needs the library '{}', which is not installed", library),
            fmt::format("install {}, or set LD_LIBRARY_PATH to where it is", library)};
  }
  return {path, fmt::format("cannot be loaded: {}", text), {}};
}

struct Range {
  uintptr_t base = 0;
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

int FindRange(dl_phdr_info* info, size_t, void* data) {
  auto& range = *static_cast<Range*>(data);
  if (info->dlpi_addr != range.base) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const uintptr_t start = range.base + segment.p_vaddr;
    range.begin = range.begin == 0 ? start : std::min(range.begin, start);
    range.end = std::max<uintptr_t>(range.end, start + segment.p_memsz);
  }
  return 1;
}

std::string Demangled(const std::string& symbol) {
  int status = 0;
  char* text = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  std::string demangled = status == 0 && text ? text : symbol;
  std::free(text);
  return demangled;
}

}  // namespace

Result<std::unique_ptr<SharedObject>> SharedObject::Open(const std::string& path) {
  Result<int> checked = OpenChecked(path);
  if (!checked) return tl::unexpected<Error>(checked.error());
  OpenFile file(*checked);
  // The first one takes the file itself, by which debuggers and stack traces know it.
  std::string name = AsPath(path);
  if (IsLoaded(path)) {
    Result<int> copy = CopyOf(file.get(), path);
    if (!copy) return tl::unexpected<Error>(copy.error());
    file.reset(*copy);
    name = fmt::format("/proc/self/fd/{}", file.get());
  }
  dlerror();
  void* handle = dlopen(name.c_str(), kOpenFlags);
  if (!handle) return tl::unexpected<Error>(OpenError(path, name, dlerror()));
  return std::unique_ptr<SharedObject>(new SharedObject(path, file.release(), handle));
}

SharedObject::SharedObject(std::string path, int fd, void* handle)
    : path_(std::move(path)), fd_(fd), handle_(handle) {
  link_map* map = nullptr;
  if (dlinfo(handle_, RTLD_DI_LINKMAP, &map) != 0) return;
  Range range{.base = map->l_addr};
  dl_iterate_phdr(FindRange, &range);
  begin_ = range.begin;
  end_ = range.end;
}

SharedObject::~SharedObject() {
  if (!close_) return;
  dlclose(handle_);
  close(fd_);
}

void* SharedObject::Find(const char* symbol) const {
  void* found = dlsym(handle_, symbol);
  // dlsym also looks into the libraries that the object needs.
  return found && Contains(found) ? found : nullptr;
}

std::string SharedObject::ReadBytes() const { return ReadAll(fd_); }

Error MissingEntryPoint(const SharedObject& object, std::string_view wanted) {
  const Result<ElfFile> elf = ReadElf(object.ReadBytes(), object.path());
  if (!elf) return elf.error();
  for (const ElfFile::Symbol& symbol : elf->symbols) {
    if (!symbol.name.starts_with("_Z") || symbol.name.find("Module_OnLoad") == std::string::npos)
      continue;
    return {object.path(),
            fmt::format("has no entry point {}: a C++ compiler mangled it to '{}', which is {}",
                        wanted, symbol.name, Demangled(symbol.name)),
            fmt::format("declare it as extern \"C\" int {}(...), so that the name stays as it is",
                        wanted)};
  }
  if (elf->Defines("ValkeyModule_OnLoad"))
    return {object.path(), "is a module for Valkey: its entry point is ValkeyModule_OnLoad",
            "choose a Valkey profile, such as --profile valkey-8.0"};
  return {object.path(), fmt::format("has no entry point: it does not export {}", wanted),
          fmt::format("define int {}(RedisModuleCtx *ctx, RedisModuleString **argv, int argc), and "
                      "keep it visible (no `static`, no -fvisibility=hidden)",
                      wanted)};
}

}  // namespace modcert::module
