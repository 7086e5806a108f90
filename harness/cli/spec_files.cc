#include "cli/spec_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace modcert::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> JsonFilesBelow(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path().lexically_normal().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<std::string>> FindSpecFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      if (!fs::exists(path, error)) return Fail(path, "no such file or folder");
      files.push_back(path);
      continue;
    }
    const auto found = JsonFilesBelow(path);
    if (found.empty()) return Fail(path, "no *.json in this folder");
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<spec::Definitions> MakeDefinitions(const std::vector<std::string>& more) {
  spec::Definitions definitions;
  for (const std::string& definition : more) {
    const size_t equals = definition.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail("--define", fmt::format("'{}' is not NAME=VALUE", definition));
    }
    definitions.emplace_back(definition.substr(0, equals), definition.substr(equals + 1));
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  definitions.emplace_back("MODULES", (program.parent_path() / "modules").string());
  definitions.emplace_back("SYSTEM_MODULES", "/usr/lib/redis/modules");
  return definitions;
}

Result<std::vector<spec::SpecFile>> ReadSpecFiles(const std::vector<std::string>& paths,
                                                  const spec::Definitions& definitions) {
  auto names = FindSpecFiles(paths);
  if (!names) return tl::unexpected(names.error());
  std::vector<spec::SpecFile> files;
  for (const std::string& name : *names) {
    auto file = spec::ReadSpecFile(name, definitions);
    if (!file) return tl::unexpected(file.error());
    files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace modcert::cli
