#include "engine/propagation.h"

#include <iterator>
#include <utility>

#include "base/require.h"

namespace modcert::engine {

void Propagation::Add(int db, Args args, PropagateTo to) {
  if (to == PropagateTo::kNone || muted_) return;
  pending_.push_back({db, std::move(args), to});
  if (depth_ == 0) {
    BeginUnit();
    EndUnit();
  }
}

void Propagation::AddBehind(int db, Args args, PropagateTo to) {
  if (depth_ == 0) return Add(db, std::move(args), to);
  if (to != PropagateTo::kNone && !muted_) behind_.push_back({db, std::move(args), to});
}

void Propagation::EndUnit() {
  Require(depth_ > 0, "an execution unit ends that did not begin");
  if (depth_ == 1 && before_end_) before_end_();
  if (--depth_ > 0) return;
  const bool wrap = std::exchange(wraps_unit_, false);
  std::vector<Item> pending = std::exchange(pending_, {});
  std::move(behind_.begin(), behind_.end(), std::back_inserter(pending));
  behind_.clear();
  if (pending.empty()) return;
  if (listener_) listener_(pending);
  std::erase_if(pending, [](const Item& p) { return p.to == PropagateTo::kAof; });
  const bool transaction = pending.size() > 1 || (wrap && !pending.empty());
  if (transaction) Emit(pending.front().db, {"MULTI"});
  for (Item& p : pending) Emit(p.db, std::move(p.args));
  if (transaction) Emit(pending.back().db, {"EXEC"});
}

std::vector<Propagation::Args> Propagation::Take() {
  const auto first =
      stream_.begin() + static_cast<ptrdiff_t>(std::exchange(taken_, stream_.size()));
  return {first, stream_.end()};
}

void Propagation::Emit(int db, Args args) {
  if (db != selected_db_) {
    EmitRaw({"SELECT", std::to_string(db)});
    selected_db_ = db;
  }
  EmitRaw(std::move(args));
}

void Propagation::EmitRaw(Args args) {
  stream_.push_back(std::move(args));
  if (stream_listener_) stream_listener_(stream_.back());
}

}  // namespace modcert::engine
