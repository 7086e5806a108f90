// The files of a server: what it saves, and what it loads again. They live in memory, so that a run
// leaves nothing behind; they go to a directory and come from one only when somebody asks.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace modcert::engine {

// Owned by Persistence. Names are paths below the server's directory: "dump.rdb",
// "appendonlydir/appendonly.aof.manifest".
class Files {
 public:
  // The bytes, or null. They live until the file is changed.
  const std::string* Find(std::string_view path) const;
  void Put(std::string_view path, std::string bytes);
  // Makes the file when it is not there.
  void Append(std::string_view path, std::string_view bytes);
  // False when there is no such file.
  bool Remove(std::string_view path);
  size_t SizeOf(std::string_view path) const;  // 0 when it is not there
  const std::map<std::string, std::string, std::less<>>& all() const { return files_; }

  // Writes all files below a directory of the machine, which must exist.
  Status ExportTo(const std::string& directory) const;
  // Reads all files below it, in place of what was here.
  Status ImportFrom(const std::string& directory);

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace modcert::engine
