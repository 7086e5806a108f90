// Moving an item from list to list: LMOVE, RPOPLPUSH, and their forms that wait for an item.

#include "engine/command_call.h"
#include "engine/commands/block_on_keys.h"
#include "engine/commands/list_ends.h"
#include "engine/commands/tables.h"

namespace modcert::engine {
namespace {

// From which end of the source to which end of the target.
struct Ends {
  List::End from;
  List::End to;
};

constexpr Ends kRPopLPush = {.from = List::End::kTail, .to = List::End::kHead};

// Moves one item; nothing when the source does not exist. The target is only looked at when there
// is something to move.
std::optional<Reply> TryMove(CommandCall& call, const std::string& source_key,
                             const std::string& target_key, Ends ends) {
  auto source = call.OpenForWrite<List>(source_key);
  if (!source) return source.error();
  if (!source->exists()) return std::nullopt;
  // Both keys may be the same one: the handles then share a list that is never empty for long.
  auto target = call.OpenForWrite<List>(target_key);
  if (!target) return target.error();
  const std::string item = (*source)->Pop(ends.from);
  target->Create().Push(ends.to, item);
  call.Changed(EventClass::kList, PushEvent(ends.to), target_key, 0);
  TookItem(call, PopEvent(ends.from), source_key);
  return Reply::Bulk(item);
}

Reply Move(CommandCall& call, Ends ends) {
  return TryMove(call, call.arg(1), call.arg(2), ends).value_or(Reply::Null());
}

std::optional<Ends> ParseEnds(const CommandCall& call) {
  const std::optional<List::End> from = ParseListEnd(call.arg(3));
  const std::optional<List::End> to = ParseListEnd(call.arg(4));
  if (!from || !to) return std::nullopt;
  return Ends{*from, *to};
}

// LMOVE source destination LEFT|RIGHT LEFT|RIGHT
Reply LMove(CommandCall& call) {
  const std::optional<Ends> ends = ParseEnds(call);
  return ends ? Move(call, *ends) : Reply::SyntaxError();
}

// RPOPLPUSH source destination
Reply RPopLPush(CommandCall& call) { return Move(call, kRPopLPush); }

// What replicas get: the form that does not block. Words are spelt as the client did when it was
// served at once, and in small letters when it had to wait, as a real server does it.
Args UnblockedForm(const CommandCall& call) {
  if (call.argc() == 4) return {"RPOPLPUSH", call.arg(1), call.arg(2)};
  const bool waited = call.client.blocked.has_value();  // it still counts as blocked while served
  const auto word = [&](int index) -> std::string {
    if (!waited) return call.arg(index);
    return ParseListEnd(call.arg(index)) == List::End::kHead ? "left" : "right";
  };
  return {"LMOVE", call.arg(1), call.arg(2), word(3), word(4)};
}

Reply BlockingMove(CommandCall& call, Ends ends, const std::string& timeout) {
  int64_t deadline_ms = 0;
  if (const auto error = ParseBlockingTimeout(call, timeout, deadline_ms)) return *error;
  const TryKey try_key = [ends](CommandCall& served, const std::string& source) {
    served.PropagateAs(UnblockedForm(served));
    return TryMove(served, source, served.arg(2), ends);
  };
  return ServeOrBlock(call, {.keys = call.args.subspan(1, 1),
                             .deadline_ms = deadline_ms,
                             .try_key = try_key,
                             .holds_wanted = Holds<List>,
                             .when_denied = Reply::Null()});
}

// BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout
Reply BLMove(CommandCall& call) {
  const std::optional<Ends> ends = ParseEnds(call);
  return ends ? BlockingMove(call, *ends, call.arg(5)) : Reply::SyntaxError();
}

// BRPOPLPUSH source destination timeout
Reply BRPopLPush(CommandCall& call) { return BlockingMove(call, kRPopLPush, call.arg(3)); }

constexpr CommandRow kTable[] = {
    {.name = "lmove", .run = LMove},
    {.name = "rpoplpush", .run = RPopLPush},
    {.name = "blmove", .run = BLMove},
    {.name = "brpoplpush", .run = BRPopLPush},
};

}  // namespace

std::span<const CommandRow> ListMoveCommands() { return kTable; }

}  // namespace modcert::engine
