#include "engine/command_call.h"

#include "base/parse_number.h"
#include "engine/server.h"

namespace modcert::engine {

Keyspace& CommandCall::keyspace() { return server.keyspace; }

int64_t CommandCall::now_ms() const { return server.clock.now_ms(); }

bool CommandCall::may_block() const { return !client.deny_blocking; }

Found<int64_t> CommandCall::IntegerArg(int index) const {
  const std::optional<int64_t> number = ParseInteger(args[index]);
  if (!number) return Reply::NotAnInteger();
  return *number;
}

Found<double> CommandCall::DoubleArg(int index) const {
  const std::optional<double> number = ParseDouble(args[index]);
  if (!number) return Reply::NotAFloat();
  return *number;
}

void CommandCall::Changed(EventClass event_class, std::string_view event, std::string_view key,
                          int64_t changes) {
  Touched(key);
  Notify(event_class, event, key);
  AddDirty(changes);
}

void CommandCall::ChangedFields(std::string_view event, std::string_view key,
                                std::span<const std::string> fields, int64_t changes) {
  keyspace().Touched(client.db, key, &client);
  server.notifier.Notify({EventClass::kHash, event, key, client.db, fields});
  AddDirty(changes);
}

void CommandCall::Notify(EventClass event_class, std::string_view event, std::string_view key) {
  server.notifier.Notify({event_class, event, key, client.db});
}

void CommandCall::PropagateAlso(Args args) { also_.push_back(std::move(args)); }

Args CommandCall::ShownArgs() const {
  Args shown(args.begin(), args.end());
  for (int index : redacted_) shown[index] = "(redacted)";
  return shown;
}

std::vector<Args> CommandCall::TakePropagation() {
  std::vector<Args> all;
  const bool wanted = force_ || dirty_ > 0;
  if (propagate_ && wanted)
    all.push_back(rewritten_ ? std::move(*rewritten_) : Args(args.begin(), args.end()));
  for (Args& also : also_) all.push_back(std::move(also));
  return all;
}

}  // namespace modcert::engine
