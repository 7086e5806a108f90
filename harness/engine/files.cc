#include "engine/files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace modcert::engine {

namespace fs = std::filesystem;

const std::string* Files::Find(std::string_view path) const {
  const auto it = files_.find(path);
  return it == files_.end() ? nullptr : &it->second;
}

void Files::Put(std::string_view path, std::string bytes) {
  files_[std::string(path)] = std::move(bytes);
}

void Files::Append(std::string_view path, std::string_view bytes) {
  const auto it = files_.find(path);
  (it == files_.end() ? files_[std::string(path)] : it->second) += bytes;
}

bool Files::Remove(std::string_view path) {
  const auto it = files_.find(path);
  if (it == files_.end()) return false;
  files_.erase(it);
  return true;
}

size_t Files::SizeOf(std::string_view path) const {
  const std::string* bytes = Find(path);
  return bytes ? bytes->size() : 0;
}

Status Files::ExportTo(const std::string& directory) const {
  for (const auto& [name, bytes] : files_) {
    const fs::path path = fs::path(directory) / name;
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    std::ofstream out(path, std::ios::binary);
    out << bytes;
    out.close();
    if (!out) return Fail(path.string(), "cannot be written", "check the directory and its space");
  }
  return {};
}

Status Files::ImportFrom(const std::string& directory) {
  std::error_code failed;
  fs::recursive_directory_iterator found(directory, failed);
  if (failed) return Fail(directory, failed.message(), "name a directory that can be read");
  files_.clear();
  for (const fs::directory_entry& entry : found) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) return Fail(entry.path().string(), "cannot be read");
    files_[fs::relative(entry.path(), directory).string()] = std::move(bytes).str();
  }
  return {};
}

}  // namespace modcert::engine
