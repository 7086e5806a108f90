#include "engine/aof_manifest.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "base/parse_number.h"
#include "base/split_args.h"

namespace modcert::engine {
namespace {

constexpr std::string_view kPlace = "AOF manifest";

// A name with spaces, quotes or bytes that do not print stands in quotes.
std::string NameText(const std::string& name) {
  std::string quoted = Quote(name);
  const bool plain =
      !name.empty() && name.find(' ') == std::string::npos && quoted.size() == name.size() + 2;
  return plain ? name : quoted;
}

std::string Line(const AofManifest::File& file, char type) {
  return fmt::format("file {} seq {} type {}\n", NameText(file.name), file.sequence, type);
}

Status AddLine(std::string_view line, AofManifest& manifest) {
  const auto words = SplitArgs(line);
  if (!words || words->size() < 6 || words->size() % 2 != 0)
    return Fail(std::string(kPlace), "Invalid AOF manifest file format");
  AofManifest::File file;
  std::string type;
  for (size_t i = 0; i < words->size(); i += 2) {
    const std::string& value = (*words)[i + 1];
    if ((*words)[i] == "file") file.name = value;
    if ((*words)[i] == "seq") file.sequence = ParseInteger(value).value_or(0);
    if ((*words)[i] == "type") type = value;
  }
  if (file.name.empty() || file.sequence == 0 || type.empty())
    return Fail(std::string(kPlace), "Invalid AOF manifest file format");
  if (file.name.find('/') != std::string::npos)
    return Fail(std::string(kPlace), "File can't be a path, just a filename");
  if (type == "b") {
    if (manifest.base) return Fail(std::string(kPlace), "Found duplicate base file information");
    manifest.base = std::move(file);
  } else if (type == "h") {
    manifest.history.push_back(std::move(file));
  } else if (type == "i") {
    if (file.sequence <= manifest.incremental_sequence())
      return Fail(std::string(kPlace), "Found a non-monotonic sequence number");
    manifest.incremental.push_back(std::move(file));
  } else {
    return Fail(std::string(kPlace), "Unknown AOF file type");
  }
  return {};
}

}  // namespace

std::string AofManifest::ToText() const {
  std::string text;
  if (base) text += Line(*base, 'b');
  for (const File& file : history) text += Line(file, 'h');
  for (const File& file : incremental) text += Line(file, 'i');
  return text;
}

Result<AofManifest> ParseAofManifest(std::string_view text) {
  if (text.empty()) return Fail(std::string(kPlace), "Found an empty AOF manifest");
  AofManifest manifest;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos)
      return Fail(std::string(kPlace), "The AOF manifest file contains too long line");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.starts_with('#')) continue;
    if (Status added = AddLine(line, manifest); !added) return tl::unexpected(added.error());
  }
  return manifest;
}

}  // namespace modcert::engine
