#include "target/propagation_tap.h"

#include <fmt/format.h>
#include <strings.h>

#include <charconv>
#include <chrono>

namespace modcert::target {
namespace {

constexpr int kLimitMs = 10000;  // a snapshot takes about 40 ms
constexpr int kSliceMs = 10;

class Deadline {
 public:
  bool passed() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::steady_clock::time_point end_ =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kLimitMs);
};

Result<int64_t> MasterOffset(Connection& control) {
  const std::string info[] = {"INFO", "replication"};
  auto reply = control.Call(info, kLimitMs);
  if (!reply) return tl::unexpected(reply.error());
  constexpr std::string_view kField = "master_repl_offset:";
  const size_t at = reply->text.find(kField);
  int64_t offset = 0;
  if (at == std::string::npos) return Fail("INFO replication", "has no master_repl_offset");
  std::from_chars(reply->text.data() + at + kField.size(), reply->text.data() + reply->text.size(),
                  offset);
  return offset;
}

bool IsName(const Command& command, const char* name) {
  return strcasecmp(command[0].c_str(), name) == 0;
}

}  // namespace

Result<std::unique_ptr<PropagationTap>> PropagationTap::Attach(const Address& address,
                                                               Connection& control) {
  auto replica = Connection::Open(address);
  if (!replica) return tl::unexpected(replica.error());
  std::unique_ptr<PropagationTap> tap(new PropagationTap(*std::move(replica)));
  // SYNC and not PSYNC: the plain snapshot has a length in front, and then the stream follows.
  const std::string sync[] = {"SYNC"};
  tap->replica_->Write(sync);
  if (auto skipped = tap->SkipSnapshot(); !skipped) return tl::unexpected(skipped.error());
  auto offset = MasterOffset(control);
  if (!offset) return tl::unexpected(offset.error());
  tap->base_offset_ = *offset;
  return tap;
}

// "$<size>\r\n" and so many bytes; empty lines before it keep the connection alive.
Status PropagationTap::SkipSnapshot() {
  const Deadline deadline;
  while (!deadline.passed() && !replica_->is_closed()) {
    replica_->ReadRaw(kSliceMs, raw_);
    raw_.erase(0, std::min(raw_.find_first_not_of("\r\n"), raw_.size()));
    const size_t line_end = raw_.find("\r\n");
    if (line_end == std::string::npos) continue;
    size_t size = 0;
    if (raw_[0] != '$') return Fail("SYNC", "refused: " + raw_.substr(0, line_end));
    std::from_chars(raw_.data() + 1, raw_.data() + line_end, size);
    if (raw_.size() < line_end + 2 + size) continue;
    raw_.erase(0, line_end + 2 + size);
    return {};
  }
  return Fail("SYNC", "no snapshot within the limit");
}

Status PropagationTap::ReadUpTo(int64_t offset) {
  const Deadline deadline;
  while (base_offset_ + read_size_ + static_cast<int64_t>(raw_.size()) < offset) {
    if (replica_->is_closed()) return Fail("SYNC", "the server closed the replication stream");
    if (deadline.passed()) return Fail("SYNC", "the replication stream stopped too early");
    replica_->ReadRaw(kSliceMs, raw_);
  }
  read_size_ += static_cast<int64_t>(raw_.size());
  decoder_.Feed(raw_);
  raw_.clear();
  return {};
}

Result<std::vector<Command>> PropagationTap::Take(Connection& control) {
  auto offset = MasterOffset(control);
  if (!offset) return tl::unexpected(offset.error());
  if (auto read = ReadUpTo(*offset); !read) return tl::unexpected(read.error());
  std::vector<Command> commands;
  while (true) {
    auto value = decoder_.Next();
    if (!value) return tl::unexpected(value.error());
    if (!*value) return commands;
    Command command;
    for (resp::Value& argument : (*value)->children) command.push_back(std::move(argument.text));
    if (command.empty() || IsName(command, "PING") || IsName(command, "REPLCONF")) continue;
    commands.push_back(std::move(command));
  }
}

}  // namespace modcert::target
