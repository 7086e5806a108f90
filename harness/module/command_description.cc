#include "module/command_description.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <limits>

namespace modcert::module {
namespace {

using engine::ArgumentFacts;
using engine::KeySpec;

// The entries of an array that a module made: it may know an older, shorter struct, so its own size
// of an entry says where the next one is.
template <typename T>
const T& Entry(const T* first, size_t size, size_t index) {
  return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(first) + size * index);
}

// --- what is wrong with an info

bool HistoryIsValid(const RedisModuleCommandInfo& info) {
  for (size_t i = 0; info.history; ++i) {
    const auto& entry = Entry(info.history, info.version->sizeof_historyentry, i);
    if (!entry.since) return true;
    if (!entry.changes) return false;
  }
  return true;
}

bool KeySpecIsValid(const RedisModuleCommandKeySpec& spec) {
  constexpr uint64_t kAccess = REDISMODULE_CMD_KEY_RO | REDISMODULE_CMD_KEY_RW |
                               REDISMODULE_CMD_KEY_OW | REDISMODULE_CMD_KEY_RM;
  constexpr uint64_t kChange =
      REDISMODULE_CMD_KEY_INSERT | REDISMODULE_CMD_KEY_DELETE | REDISMODULE_CMD_KEY_UPDATE;
  if (std::popcount(spec.flags & kAccess) != 1 || std::popcount(spec.flags & kChange) > 1)
    return false;
  switch (spec.begin_search_type) {
    case REDISMODULE_KSPEC_BS_UNKNOWN:
    case REDISMODULE_KSPEC_BS_INDEX:
      break;
    case REDISMODULE_KSPEC_BS_KEYWORD:
      if (!spec.bs.keyword.keyword) return false;
      break;
    default:
      return false;
  }
  return spec.find_keys_type >= REDISMODULE_KSPEC_FK_OMITTED &&
         spec.find_keys_type <= REDISMODULE_KSPEC_FK_KEYNUM;
}

bool KeySpecsAreValid(const RedisModuleCommandInfo& info) {
  for (size_t i = 0; info.key_specs; ++i) {
    const auto& spec = Entry(info.key_specs, info.version->sizeof_keyspec, i);
    if (spec.begin_search_type == REDISMODULE_KSPEC_BS_INVALID) return true;
    if (!KeySpecIsValid(spec)) return false;
  }
  return true;
}

bool ArgumentsAreValid(const RedisModuleCommandInfo& info, const RedisModuleCommandArg* first);

bool ArgumentIsValid(const RedisModuleCommandInfo& info, const RedisModuleCommandArg& argument) {
  constexpr int kFlags = REDISMODULE_CMD_ARG_OPTIONAL | REDISMODULE_CMD_ARG_MULTIPLE |
                         REDISMODULE_CMD_ARG_MULTIPLE_TOKEN;
  const auto type = argument.type;
  if (type < REDISMODULE_ARG_TYPE_STRING || type > REDISMODULE_ARG_TYPE_BLOCK) return false;
  if (type == REDISMODULE_ARG_TYPE_PURE_TOKEN && !argument.token) return false;
  if (type == REDISMODULE_ARG_TYPE_KEY
          ? argument.key_spec_index < 0
          : argument.key_spec_index != 0 && argument.key_spec_index != -1)
    return false;
  if ((argument.flags & ~kFlags) != 0) return false;
  const bool has_parts = type == REDISMODULE_ARG_TYPE_ONEOF || type == REDISMODULE_ARG_TYPE_BLOCK;
  if (has_parts != (argument.subargs != nullptr)) return false;
  return !has_parts || ArgumentsAreValid(info, argument.subargs);
}

bool ArgumentsAreValid(const RedisModuleCommandInfo& info, const RedisModuleCommandArg* first) {
  for (size_t i = 0; first; ++i) {
    const auto& argument = Entry(first, info.version->sizeof_arg, i);
    if (!argument.name) return true;
    if (!ArgumentIsValid(info, argument)) return false;
  }
  return true;
}

bool IsValid(const RedisModuleCommandInfo& info) {
  return info.version && HistoryIsValid(info) && KeySpecsAreValid(info) &&
         ArgumentsAreValid(info, info.args);
}

// --- what it says

// Since Redis 7.2 there is a text to show in place of an argument's name.
bool HasDisplayText(const abi::Profile& profile) { return abi::AtLeast(profile, {7, 2, 0}); }

std::string_view TypeName(RedisModuleCommandArgType type) {
  constexpr std::string_view kNames[] = {"string",    "integer",    "double", "key",  "pattern",
                                         "unix-time", "pure-token", "oneof",  "block"};
  return kNames[type];
}

KeySpec ToKeySpec(const RedisModuleCommandKeySpec& from) {
  using Begin = KeySpec::BeginSearch;
  using Find = KeySpec::FindKeys;
  constexpr uint64_t kFlags = (REDISMODULE_CMD_KEY_VARIABLE_FLAGS << 1) - 1;
  KeySpec spec;
  spec.flags = from.flags & kFlags;  // The bits are those of the engine.
  switch (from.begin_search_type) {
    case REDISMODULE_KSPEC_BS_INDEX:
      spec.begin_search = Begin::kIndex;
      spec.index = from.bs.index.pos;
      break;
    case REDISMODULE_KSPEC_BS_KEYWORD:
      spec.begin_search = Begin::kKeyword;
      spec.start_from = from.bs.keyword.startfrom;
      break;
    default:
      break;
  }
  switch (from.find_keys_type) {
    case REDISMODULE_KSPEC_FK_OMITTED:  // command.key-spec-omitted: one key
      spec.find_keys = Find::kRange;
      spec.key_step = 1;
      break;
    case REDISMODULE_KSPEC_FK_RANGE:
      spec.find_keys = Find::kRange;
      spec.last_key = from.fk.range.lastkey;
      spec.key_step = from.fk.range.keystep;
      spec.limit = from.fk.range.limit;
      break;
    case REDISMODULE_KSPEC_FK_KEYNUM:
      spec.find_keys = Find::kKeyNum;
      spec.key_num_index = from.fk.keynum.keynumidx;
      spec.first_key = from.fk.keynum.firstkey;
      spec.key_step = from.fk.keynum.keystep;
      break;
    default:
      break;
  }
  return spec;
}

bool IsRange(const KeySpec& spec) {
  return spec.begin_search == KeySpec::BeginSearch::kIndex &&
         spec.find_keys == KeySpec::FindKeys::kRange;
}

}  // namespace

std::string_view CommandDescription::Keep(std::string_view text) {
  return texts_.emplace_back(text);
}

void CommandDescription::SetLegacyRange(int first_key, int last_key, int key_step) {
  // Without a first key the other two numbers mean nothing, and COMMAND shows zeros.
  if (first_key == 0) return;
  // command.legacy-range: the three numbers become one range with full access.
  KeySpec spec;
  spec.flags = engine::kKeyRW | engine::kKeyAccess | engine::kKeyUpdate;
  if (facts.flags & engine::kCommandMovableKeys) spec.flags |= engine::kKeyVariableFlags;
  spec.begin_search = KeySpec::BeginSearch::kIndex;
  spec.index = first_key;
  spec.find_keys = KeySpec::FindKeys::kRange;
  spec.last_key = last_key < 0 ? last_key : last_key - first_key;
  spec.key_step = key_step;
  key_specs_ = {spec};
  facts.key_specs = key_specs_;
  facts.first_key = first_key;
  facts.last_key = last_key;
  facts.key_step = key_step;
  has_legacy_range_ = true;
}

bool CommandDescription::HasInfo() const {
  const bool has_key_specs = !key_specs_.empty() && !has_legacy_range_;
  return facts.summary.data() || facts.complexity.data() || facts.since.data() ||
         !history_.empty() || !tips_.empty() || !arguments_.empty() || has_key_specs;
}

int CommandDescription::SetInfo(const RedisModuleCommandInfo& info, const abi::Profile& profile) {
  if (!IsValid(info)) return EINVAL;
  if (HasInfo()) return EEXIST;
  facts.summary = KeepOrEmpty(info.summary);
  facts.complexity = KeepOrEmpty(info.complexity);
  facts.since = KeepOrEmpty(info.since);
  if (info.history) CopyHistory(info);
  if (info.tips) CopyTips(info.tips);
  if (info.arity != 0) facts.arity = info.arity;
  if (info.key_specs) CopyKeySpecs(info);
  facts.arguments = CopyArguments(info, info.args, profile);
  return 0;
}

void CommandDescription::CopyHistory(const RedisModuleCommandInfo& info) {
  for (size_t i = 0;; ++i) {
    const auto& entry = Entry(info.history, info.version->sizeof_historyentry, i);
    if (!entry.since) break;
    history_.push_back({Keep(entry.since), Keep(entry.changes)});
  }
  facts.history = history_;
}

void CommandDescription::CopyTips(std::string_view tips) {
  while (!tips.empty()) {
    const std::string_view tip = tips.substr(0, tips.find(' '));
    tips_.push_back(Keep(tip));
    tips.remove_prefix(std::min(tips.size(), tip.size() + 1));
  }
  facts.tips = tips_;
}

void CommandDescription::CopyKeySpecs(const RedisModuleCommandInfo& info) {
  key_specs_.clear();
  has_legacy_range_ = false;
  for (size_t i = 0;; ++i) {
    const auto& from = Entry(info.key_specs, info.version->sizeof_keyspec, i);
    if (from.begin_search_type == REDISMODULE_KSPEC_BS_INVALID) break;
    KeySpec spec = ToKeySpec(from);
    spec.notes = KeepOrEmpty(from.notes);
    if (spec.begin_search == KeySpec::BeginSearch::kKeyword)
      spec.keyword = Keep(from.bs.keyword.keyword);
    key_specs_.push_back(spec);
  }
  DescribeRange();
}

std::span<const ArgumentFacts> CommandDescription::CopyArguments(const RedisModuleCommandInfo& info,
                                                                 const RedisModuleCommandArg* first,
                                                                 const abi::Profile& profile) {
  if (!first) return {};
  std::vector<ArgumentFacts> arguments;
  for (size_t i = 0;; ++i) {
    const auto& from = Entry(first, info.version->sizeof_arg, i);
    if (!from.name) break;
    ArgumentFacts to;
    to.name = Keep(from.name);
    to.type = TypeName(from.type);
    if (from.type == REDISMODULE_ARG_TYPE_KEY) to.key_spec_index = from.key_spec_index;
    to.token = KeepOrEmpty(from.token);
    to.summary = KeepOrEmpty(from.summary);
    to.since = KeepOrEmpty(from.since);
    to.deprecated_since = KeepOrEmpty(from.deprecated_since);
    to.flags = static_cast<uint64_t>(from.flags);
    // command.info-display-text: read whatever size the module's struct has; in that of 7.0, the
    // name of the next argument stands at its place.
    if (HasDisplayText(profile)) to.display_text = KeepOrEmpty(from.display_text);
    to.arguments = CopyArguments(info, from.subargs, profile);
    arguments.push_back(to);
  }
  return arguments_.emplace_back(std::move(arguments));
}

int CommandDescription::AddKeySpec(uint64_t flags) {
  if (has_legacy_range_) key_specs_.clear();
  has_legacy_range_ = false;
  KeySpec spec;
  spec.flags = flags;
  key_specs_.push_back(spec);
  DescribeRange();
  return static_cast<int>(key_specs_.size()) - 1;
}

KeySpec* CommandDescription::key_spec(int index) {
  if (index < 0 || static_cast<size_t>(index) >= key_specs_.size()) return nullptr;
  return &key_specs_[static_cast<size_t>(index)];
}

void CommandDescription::DescribeRange() {
  facts.key_specs = key_specs_;
  facts.first_key = facts.last_key = facts.key_step = 0;
  const auto absolute = [](const KeySpec& spec) {
    return spec.last_key >= 0 ? spec.index + spec.last_key : spec.last_key;
  };
  if (key_specs_.size() == 1 && IsRange(key_specs_[0])) {
    facts.first_key = key_specs_[0].index;
    facts.last_key = absolute(key_specs_[0]);
    facts.key_step = key_specs_[0].key_step;
    return;
  }
  // Old clients know one range: that of the specs that stand next to each other.
  int first = std::numeric_limits<int>::max();
  int last = 0;
  int previous_last = 0;
  for (const KeySpec& spec : key_specs_) {
    const bool follows = previous_last == 0 || previous_last == spec.index - 1;
    if (!IsRange(spec) || spec.key_step != 1 || !follows) {
      facts.flags |= engine::kCommandMovableKeys;  // the range is not all there is
      continue;
    }
    first = std::min(first, spec.index);
    // A position from the end is behind all others.
    last = static_cast<int>(
        std::max(static_cast<unsigned>(last), static_cast<unsigned>(absolute(spec))));
    previous_last = last;
  }
  if (first == std::numeric_limits<int>::max()) return;
  facts.first_key = first;
  facts.last_key = last;
  facts.key_step = 1;
}

}  // namespace modcert::module
