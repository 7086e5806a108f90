#include "engine/aof_load.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/parse_number.h"
#include "engine/command_replay.h"
#include "engine/dataset.h"
#include "engine/persistence.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

constexpr std::string_view kRdbMagic = "REDIS";
constexpr int64_t kProgressCommands = 1024;  // so often a server looks up from its reading

// Cuts commands out of the bytes. Three outcomes: a command, the end (whole or cut off), nonsense.
class AofReader {
 public:
  explicit AofReader(std::string_view bytes, size_t position)
      : bytes_(bytes), position_(position) {}

  // The next command; nothing at the end, and at a tail that is cut off.
  std::optional<std::vector<std::string>> Next() {
    SkipAnnotations();
    const size_t start = position_;
    const std::optional<int64_t> count = ReadCount('*');
    if (!count) return GiveUp(start);
    if (*count < 1) return Broken(start);
    std::vector<std::string> args;
    for (int64_t i = 0; i < *count; ++i) {
      const std::optional<int64_t> size = ReadCount('$');
      if (!size) return GiveUp(start);
      if (*size < 0) return Broken(start);
      if (bytes_.size() - position_ < static_cast<uint64_t>(*size) + 2) return GiveUp(start);
      args.emplace_back(bytes_.substr(position_, static_cast<size_t>(*size)));
      position_ += static_cast<size_t>(*size) + 2;
    }
    return args;
  }

  size_t position() const { return position_; }
  bool broken() const { return broken_; }

 private:
  // "#TS:1700000000" says when what follows was written.
  void SkipAnnotations() {
    while (position_ < bytes_.size() && bytes_[position_] == '#') {
      const size_t end = bytes_.find('\n', position_);
      if (end == std::string_view::npos) return;
      position_ = end + 1;
    }
  }
  // "*3\r\n"; nothing when it is cut off or no count.
  std::optional<int64_t> ReadCount(char mark) {
    if (position_ >= bytes_.size()) return std::nullopt;
    const size_t end = bytes_.find("\r\n", position_);
    if (bytes_[position_] != mark && bytes_[position_] != '#') broken_ = true;
    if (broken_ || end == std::string_view::npos) return std::nullopt;
    const auto count = ParseInteger(bytes_.substr(position_ + 1, end - position_ - 1));
    if (!count) broken_ = true;
    position_ = end + 2;
    return count;
  }
  std::optional<std::vector<std::string>> GiveUp(size_t start) {
    position_ = start;
    return std::nullopt;
  }
  std::optional<std::vector<std::string>> Broken(size_t start) {
    broken_ = true;
    return GiveUp(start);
  }

  std::string_view bytes_;
  size_t position_;
  bool broken_ = false;
};

}  // namespace

Result<LoadedAofPart> LoadAofPart(Server& server, std::string_view bytes) {
  LoadedAofPart loaded;
  if (bytes.starts_with(kRdbMagic)) {
    // Keys that have expired meanwhile stay: a command behind may still name them.
    const auto preamble = LoadDataset(server, bytes, {.expired = LoadRules::Expired::kKeep});
    if (!preamble) return tl::unexpected(preamble.error());
    loaded.whole_size = preamble->size;
    loaded.preamble_keys = preamble->keys_loaded;
  }
  AofReader reader(bytes, loaded.whole_size);
  CommandReplay replay(server, ReplayedFrom::kFile);
  server.persistence->NoteProgress(LoadingProgress::kAof, loaded.whole_size, bytes.size());
  while (std::optional<std::vector<std::string>> args = reader.Next()) {
    const std::string name = (*args)[0];
    if (!server.commands.Find(*args))
      return Fail("AOF", fmt::format("Unknown command '{}' reading the append only file", name));
    if (const auto error = replay.Run(*std::move(args)))
      server.log.Write(ServerLog::Level::kWarning,
                       fmt::format("The AOF is sending an error to its AOF-loading-client: '{}' "
                                   "after processing the command '{}'",
                                   *error, name));
    if (++loaded.command_count % kProgressCommands == 0)
      server.persistence->NoteProgress(LoadingProgress::kAof, reader.position(), bytes.size());
    // A transaction counts as a whole or not at all.
    if (!replay.in_transaction()) loaded.whole_size = reader.position();
  }
  // Annotations may stand behind the last command.
  if (!replay.in_transaction() && reader.position() == bytes.size())
    loaded.whole_size = bytes.size();
  if (reader.broken())
    return Fail("AOF", "Bad file format reading the append only file",
                "make a backup of it, then use redis-check-aof --fix");
  return loaded;
}

}  // namespace modcert::engine
