#include "engine/commands/stream_trim_options.h"

#include <algorithm>

#include "base/parse_number.h"
#include "engine/server.h"

namespace modcert::engine {
namespace {

class Parser {
 public:
  Parser(const CommandCall& call, TakesId takes_id, StreamTrimOptions& options)
      : call_(call), takes_id_(takes_id), options_(options) {}

  std::optional<Reply> Parse() {
    int i = 2;
    for (; i < call_.argc(); ++i) {
      if (takes_id_ == TakesId::kYes && std::string_view(call_.arg(i).c_str()) == "*") break;
      bool is_id = false;
      if (auto error = ParseOption(i, is_id)) return error;
      if (is_id) break;
    }
    options_.id_arg = i;
    return CheckTogether();
  }

 private:
  // Moves `i` to the option's last argument.
  std::optional<Reply> ParseOption(int& i, bool& is_id) {
    const bool has_more = i + 1 < call_.argc();
    if (has_more && call_.ArgIs(i, "MAXLEN"))
      return ParseThreshold(i, StreamTrim::Kind::kMaxLength);
    if (has_more && call_.ArgIs(i, "MINID")) return ParseThreshold(i, StreamTrim::Kind::kMinId);
    if (has_more && call_.ArgIs(i, "LIMIT")) return ParseLimit(i);
    if (takes_id_ == TakesId::kNo) return Reply::SyntaxError();
    if (call_.ArgIs(i, "NOMKSTREAM")) {
      options_.create = false;
      return std::nullopt;
    }
    options_.id = ParseAddedStreamId(call_.arg(i));
    if (!options_.id) return InvalidStreamId();
    is_id = true;
    return std::nullopt;
  }

  std::optional<Reply> ParseThreshold(int& i, StreamTrim::Kind kind) {
    if (options_.trim)
      return Reply::Error(
          "ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
    StreamTrim& trim = options_.trim.emplace();
    trim.kind = kind;
    const std::string_view sign = call_.arg(i + 1).c_str();
    if (i + 2 < call_.argc() && (sign == "~" || sign == "=")) {
      trim.whole_nodes = sign == "~";
      ++i;
    }
    options_.trim_arg = ++i;
    if (kind == StreamTrim::Kind::kMinId) {
      const std::optional<StreamId> id = ParseStreamId(call_.arg(i));
      if (!id) return InvalidStreamId();
      trim.min_id = *id;
      return std::nullopt;
    }
    const auto length = call_.IntegerArg(i);
    if (!length) return length.error();
    if (*length < 0) return Reply::Error("ERR The MAXLEN argument must be >= 0.");
    trim.max_length = static_cast<uint64_t>(*length);
    return std::nullopt;
  }

  std::optional<Reply> ParseLimit(int& i) {
    const auto limit = call_.IntegerArg(++i);
    if (!limit) return limit.error();
    if (*limit < 0) return Reply::Error("ERR The LIMIT argument must be >= 0.");
    limit_ = *limit;
    return std::nullopt;
  }

  std::optional<Reply> CheckTogether() {
    if (limit_.value_or(0) != 0 && !options_.trim)
      return Reply::Error(
          "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    if (takes_id_ == TakesId::kNo && !options_.trim)
      return Reply::Error("ERR syntax error, XTRIM must be called with a trimming strategy");
    // Commands that another server wrote are exact already, whatever they say of a limit.
    if (call_.server.keyspace.expiry() == Keyspace::Expiry::kIgnore) return std::nullopt;
    const bool whole_nodes = options_.trim && options_.trim->whole_nodes;
    if (limit_ && !whole_nodes)
      return Reply::Error("ERR syntax error, LIMIT cannot be used without the special ~ option");
    if (whole_nodes) options_.trim->limit = limit_.value_or(DefaultLimit());
    return std::nullopt;
  }

  // A hundred full nodes, so that no trim takes too long.
  int64_t DefaultLimit() const {
    const int64_t entries = call_.server.config.encoding.stream_node_max_entries;
    constexpr int64_t kMax = 1000000;
    if (entries <= 0) return 10000;
    return entries > kMax / 100 ? kMax : 100 * entries;
  }

  const CommandCall& call_;
  TakesId takes_id_;
  StreamTrimOptions& options_;
  std::optional<int64_t> limit_;
};

}  // namespace

std::optional<Reply> ParseStreamTrimOptions(const CommandCall& call, TakesId takes_id,
                                            StreamTrimOptions& options) {
  return Parser(call, takes_id, options).Parse();
}

void MakeTrimExact(Args& args, const StreamTrimOptions& options, const Stream& stream) {
  args[options.trim_arg - 1] = "=";
  args[options.trim_arg] = options.trim->kind == StreamTrim::Kind::kMaxLength
                               ? std::to_string(stream.size())
                               : stream.FirstPlace().ToString();
}

}  // namespace modcert::engine
