// CLIENT TRACKING and CACHING: what a client wants to be told of the keys that it holds.

#include <algorithm>

#include "base/parse_number.h"
#include "engine/command_call.h"
#include "engine/commands/tables.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine {
namespace {

using resp::Value;

struct TrackingOptions {
  Client::TrackingState state;
  std::vector<std::string> prefixes;
};

// REDIRECT id: the client must be there now; it may go later.
std::optional<Reply> ParseRedirect(const CommandCall& call, int index, TrackingOptions& options) {
  if (options.state.redirect != 0)
    return Reply::Error("ERR A client can only redirect to a single other client");
  const auto id = call.IntegerArg(index);
  if (!id) return id.error();
  options.state.redirect = static_cast<uint64_t>(*id);
  if (!call.server.FindClient(options.state.redirect))
    return Reply::Error("ERR The client ID you want redirect to does not exist");
  return std::nullopt;
}

// The error of the first wrong option, or nothing.
std::optional<Reply> ParseOptions(const CommandCall& call, TrackingOptions& options) {
  for (int i = 3; i < call.argc(); ++i) {
    const bool has_more = i + 1 < call.argc();
    if (call.ArgIs(i, "REDIRECT") && has_more) {
      if (auto error = ParseRedirect(call, ++i, options)) return error;
    } else if (call.ArgIs(i, "BCAST")) {
      options.state.broadcast = true;
    } else if (call.ArgIs(i, "OPTIN")) {
      options.state.opt_in = true;
    } else if (call.ArgIs(i, "OPTOUT")) {
      options.state.opt_out = true;
    } else if (call.ArgIs(i, "NOLOOP")) {
      options.state.no_loop = true;
    } else if (call.ArgIs(i, "PREFIX") && has_more) {
      options.prefixes.push_back(call.arg(++i));
    } else {
      return Reply::SyntaxError();
    }
  }
  return std::nullopt;
}

bool Overlap(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

// No key may be under two prefixes of one client.
std::optional<Reply> PrefixCollision(const std::set<std::string>& known,
                                     std::span<const std::string> wanted) {
  constexpr std::string_view kError =
      "ERR Prefix '{}' overlaps with {} prefix '{}'. Prefixes for a single client must not "
      "overlap.";
  for (size_t i = 0; i < wanted.size(); ++i) {
    for (const std::string& other : known)
      if (Overlap(wanted[i], other))
        return Reply::Error(fmt::format(kError, wanted[i], "an existing", other));
    for (const std::string& other : wanted.subspan(i + 1))
      if (Overlap(wanted[i], other))
        return Reply::Error(fmt::format(kError, wanted[i], "another provided", other));
  }
  return std::nullopt;
}

// What does not go together, among the options and with what the client does already.
std::optional<Reply> Incompatible(const Client::TrackingState& now, const TrackingOptions& wanted) {
  const Client::TrackingState& state = wanted.state;
  if (!state.broadcast && !wanted.prefixes.empty())
    return Reply::Error("ERR PREFIX option requires BCAST mode to be enabled");
  if (now.on && now.broadcast != state.broadcast)
    return Reply::Error(
        "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and "
        "then re-enabling it with a different mode.");
  if (state.broadcast && (state.opt_in || state.opt_out))
    return Reply::Error("ERR OPTIN and OPTOUT are not compatible with BCAST");
  if (state.opt_in && state.opt_out)
    return Reply::Error("ERR You can't specify both OPTIN mode and OPTOUT mode");
  if ((state.opt_in && now.opt_out) || (state.opt_out && now.opt_in))
    return Reply::Error(
        "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and "
        "then re-enabling it with a different mode.");
  return state.broadcast ? PrefixCollision(now.prefixes, wanted.prefixes) : std::nullopt;
}

// CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]
Reply ClientTracking(CommandCall& call) {
  TrackingOptions options;
  if (const auto error = ParseOptions(call, options)) return *error;
  if (call.ArgIs(2, "ON")) {
    if (const auto error = Incompatible(call.client.tracking, options)) return *error;
    call.server.tracking.Enable(call.client, options.state, options.prefixes);
  } else if (call.ArgIs(2, "OFF")) {
    call.server.tracking.Disable(call.client);
  } else {
    return Reply::SyntaxError();
  }
  return Reply::Ok();
}

// CLIENT CACHING YES | NO
Reply ClientCaching(CommandCall& call) {
  Client::TrackingState& state = call.client.tracking;
  if (!state.on)
    return Reply::Error(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
        "OPTOUT mode enabled");
  if (call.ArgIs(2, "YES")) {
    if (!state.opt_in)
      return Reply::Error(
          "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
  } else if (call.ArgIs(2, "NO")) {
    if (!state.opt_out)
      return Reply::Error(
          "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
  } else {
    return Reply::SyntaxError();
  }
  state.caching = true;
  return Reply::Ok();
}

int64_t Redirect(const Client::TrackingState& state) {
  return state.on ? static_cast<int64_t>(state.redirect) : -1;
}

// CLIENT GETREDIR
Reply ClientGetRedir(CommandCall& call) { return Reply::Integer(Redirect(call.client.tracking)); }

// CLIENT TRACKINGINFO
Reply ClientTrackingInfo(CommandCall& call) {
  const Client::TrackingState& state = call.client.tracking;
  std::vector<Value> flags = {Value::Bulk(state.on ? "on" : "off")};
  const auto flag = [&](bool is_set, std::string_view name) {
    if (is_set) flags.push_back(Value::Bulk(name));
  };
  flag(state.broadcast, "bcast");
  flag(state.opt_in, "optin");
  flag(state.opt_in && state.caching, "caching-yes");
  flag(state.opt_out, "optout");
  flag(state.opt_out && state.caching, "caching-no");
  flag(state.no_loop, "noloop");
  flag(state.broken_redirect, "broken_redirect");
  std::vector<Value> prefixes;
  for (const std::string& prefix : state.prefixes) prefixes.push_back(Value::Bulk(prefix));
  return Value::Map({Value::Bulk("flags"), Value::Set(std::move(flags)),        //
                     Value::Bulk("redirect"), Value::Integer(Redirect(state)),  //
                     Value::Bulk("prefixes"), Value::Array(std::move(prefixes))});
}

constexpr CommandRow kTable[] = {
    {.name = "client|tracking", .run = ClientTracking},
    {.name = "client|caching", .run = ClientCaching},
    {.name = "client|getredir", .run = ClientGetRedir},
    {.name = "client|trackinginfo", .run = ClientTrackingInfo},
};

}  // namespace

std::span<const CommandRow> ClientTrackingCommands() { return kTable; }

}  // namespace modcert::engine
