// From JSON to plain data, one function per kind of object. What may stand in an object is a table
// of names; what a step does is a table of rows at the end.
#include "spec/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>

#include "base/edit_distance.h"
#include "base/hex.h"
#include "base/split_args.h"
#include "spec/api_program.h"
#include "spec/json_tree.h"
#include "spec/matcher_reader.h"

namespace modcert::spec {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kFileMembers[] = {"$schema",   "suite",  "requires", "modules",
                                             "profile",   "config", "note",     "scenarios",
                                             "contracts", "servers"};
constexpr std::string_view kRequiredFileMembers[] = {"file", "package"};
constexpr std::string_view kModuleMembers[] = {"path", "args", "note"};
constexpr std::string_view kScenarioMembers[] = {
    "name", "contracts", "only", "reason", "config", "servers", "steps", "note", "expect_findings"};
constexpr std::string_view kServerMembers[] = {"replicaof", "config", "slots"};
constexpr std::string_view kProbeVariants[] = {"readonly", "denyoom", "keys"};
constexpr std::string_view kOracles[] = {"rdb",   "aof",   "replica", "memory", "declared_keys",
                                         "flags", "arity", "replies", "reload"};

class Reader {
 public:
  Reader(const std::string& path, const Definitions& definitions)
      : path_(path), definitions_(definitions) {}

  Result<SpecFile> Read(const JsonNode& root) {
    SpecFile file;
    file.path = path_;
    if (!ReadFile(root, file)) return tl::unexpected(error_);
    return file;
  }

 private:
  struct StepRow {
    std::string_view name;
    bool (Reader::*read)(const JsonNode& step, const JsonNode& value, Step& out);
    std::vector<std::string_view> also;  // members besides the row's own, note, only and reason
  };
  static const std::vector<StepRow>& StepRows();

  // ---- the file ----

  bool ReadFile(const JsonNode& root, SpecFile& out) {
    if (!IsObject(root, "a spec file") || !Known(root, kFileMembers, "a spec file")) return false;
    if (!ReadString(root, "suite", out.suite) || !ReadString(root, "profile", out.profile)) {
      return false;
    }
    if (out.suite.empty()) return Fail(root, "'suite' is missing", "name it after its subject");
    if (!CheckProfile(root, out.profile) || !ReadConfig(root, file_config_)) return false;
    if (!ReadStrings(root, "contracts", file_contracts_)) return false;
    file_servers_ = root.Find("servers");
    return ReadEach(root, "requires", out.required_files, &Reader::ReadRequiredFile) &&
           ReadEach(root, "modules", out.modules, &Reader::ReadModule) && ReadScenarios(root, out);
  }

  bool ReadScenarios(const JsonNode& root, SpecFile& out) {
    if (root.Find("scenarios") == nullptr) return Fail(root, "'scenarios' is missing");
    if (!ReadEach(root, "scenarios", out.scenarios, &Reader::ReadScenario)) return false;
    for (size_t i = 0; i < out.scenarios.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (out.scenarios[i].name != out.scenarios[j].name) continue;
        return Fail(root.Find("scenarios")->elements[i],
                    fmt::format("scenario '{}' is there twice", out.scenarios[i].name),
                    "a name picks one scenario with --filter");
      }
    }
    return true;
  }

  bool CheckProfile(const JsonNode& root, std::string_view profile) {
    if (profile.empty()) return true;
    std::string_view rest =
        profile.substr(std::min(profile.find_first_not_of("<>="), profile.size()));
    const bool redis = rest.starts_with("redis-");
    const bool valkey = rest.starts_with("valkey-");
    rest.remove_prefix(redis ? 6 : valkey ? 7 : 0);
    const bool version = !rest.empty() && rest.find_first_not_of("0123456789.") == rest.npos;
    if ((redis || valkey) && version) return true;
    return Fail(*root.Find("profile"), fmt::format("unknown profile '{}'", profile),
                "write it like 'redis-7.0', '>=redis-4.0' or 'valkey-8.0'");
  }

  bool ReadRequiredFile(const JsonNode& node, RequiredFile& out) {
    if (!IsObject(node, "a required file")) return false;
    if (!Known(node, kRequiredFileMembers, "a required file")) return false;
    if (!ReadString(node, "file", out.path) || !ReadString(node, "package", out.package)) {
      return false;
    }
    if (out.path.empty()) return Fail(node, "'file' is missing");
    if (out.package.empty())
      return Fail(node, "'package' is missing", "who misses it installs that");
    return Define(*node.Find("file"), out.path);
  }

  bool ReadModule(const JsonNode& node, ModuleUse& out) {
    if (!IsObject(node, "a module") || !Known(node, kModuleMembers, "a module")) return false;
    if (!ReadString(node, "path", out.path) || !ReadArguments(node, "args", out.args)) return false;
    if (out.path.empty()) return Fail(node, "'path' is missing");
    return Define(*node.Find("path"), out.path);
  }

  bool ReadConfig(const JsonNode& node, std::vector<std::pair<std::string, std::string>>& out) {
    const JsonNode* config = node.Find("config");
    if (config == nullptr) return true;
    if (!IsObject(*config, "'config'")) return false;
    for (size_t i = 0; i < config->keys.size(); ++i) {
      const JsonNode& value = config->elements[i];
      if (!value.is_string() && !value.is_number()) {
        return Fail(value, "expected a string or a number");
      }
      out.emplace_back(config->keys[i].name, value.text);
    }
    return true;
  }

  // ---- scenarios ----

  bool ReadScenario(const JsonNode& node, Scenario& out) {
    if (!IsObject(node, "a scenario") || !Known(node, kScenarioMembers, "a scenario")) return false;
    scenario_ = &out;
    out.source = RangeOf(node);
    out.clients = {"main"};
    out.client_servers = {0};
    out.config = file_config_;
    out.contracts = file_contracts_;
    if (!ReadString(node, "name", out.name) || !ReadStrings(node, "contracts", out.contracts) ||
        !ReadStrings(node, "expect_findings", out.expect_findings) ||
        !ReadConfig(node, out.config) || !ReadOnly(node, out.only, out.reason)) {
      return false;
    }
    if (out.name.empty()) return Fail(node, "'name' is missing", "a sentence that can be true");
    if (node.Find("steps") == nullptr) return Fail(node, "'steps' is missing");
    if (!ReadServers(node, out)) return false;
    return ReadEach(node, "steps", out.steps, &Reader::ReadStep);
  }

  // {"primary": {}, "replica": {"replicaof": "primary"}}: one may follow another that stands before
  // it. "${port.primary}" is the port of one. With "slots" they are nodes of a cluster.
  bool ReadServers(const JsonNode& node, Scenario& out) {
    const JsonNode* servers = node.Find("servers");
    if (servers == nullptr) servers = file_servers_;
    if (servers == nullptr) return true;
    if (!IsObject(*servers, "'servers'")) return false;
    for (size_t i = 0; i < servers->keys.size(); ++i) {
      const JsonNode& value = servers->elements[i];
      if (!IsObject(value, "a server") || !Known(value, kServerMembers, "a server")) return false;
      ServerUse server{.name = servers->keys[i].name};
      std::string primary;
      if (!ReadString(value, "replicaof", primary) || !ReadConfig(value, server.config) ||
          !ReadSlots(value, server, out.is_cluster))
        return false;
      if (!primary.empty() && !FindServer(*value.Find("replicaof"), primary, server.replica_of))
        return false;
      out.captures.push_back("port." + server.name);
      out.servers.push_back(std::move(server));
    }
    if (out.servers.empty()) return Fail(*servers, "names no server");
    if (!out.is_cluster) return true;
    for (const std::string_view what : {"id.", "bus."})
      for (const ServerUse& server : out.servers)
        out.captures.push_back(std::string(what) + server.name);
    return true;
  }

  // ["0-5460", "7000"]: whoever has such a list, even an empty one, is a node of a cluster.
  bool ReadSlots(const JsonNode& node, ServerUse& out, bool& is_cluster) {
    constexpr int kSlotMax = 16383;
    const JsonNode* slots = node.Find("slots");
    if (slots == nullptr) return true;
    is_cluster = true;
    if (!slots->is_array()) return Fail(*slots, "expected a list of ranges");
    for (const JsonNode& range : slots->elements) {
      int first = 0;
      const char* const end = range.text.data() + range.text.size();
      auto parsed = std::from_chars(range.text.data(), end, first);
      int last = first;
      if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '-')
        parsed = std::from_chars(parsed.ptr + 1, end, last);
      const bool fits = range.is_string() && parsed.ec == std::errc() && parsed.ptr == end &&
                        first >= 0 && first <= last && last <= kSlotMax;
      if (!fits) return Fail(range, "expected slots, as in \"0-5460\" or \"7\"");
      out.slots.emplace_back(first, last);
    }
    return true;
  }

  bool FindServer(const JsonNode& place, const std::string& name, int& index) {
    std::vector<std::string_view> names;
    for (const ServerUse& server : scenario_->servers) names.push_back(server.name);
    const auto found = std::find(names.begin(), names.end(), name);
    index = static_cast<int>(found - names.begin());
    return found != names.end() ||
           Fail(place, fmt::format("unknown server '{}'", name), Suggestion(name, names));
  }

  bool ReadOnly(const JsonNode& node, Only& only, std::string& reason) {
    std::string text;
    if (!ReadString(node, "only", text) || !ReadString(node, "reason", reason)) return false;
    const JsonNode* member = node.Find("only");
    if (member == nullptr) {
      return reason.empty() || Fail(*node.Find("reason"), "'reason' without 'only'");
    }
    if (text != "inprocess" && text != "redis") {
      return Fail(*member, fmt::format("unknown target '{}'", text), "'inprocess' or 'redis'");
    }
    only = text == "redis" ? Only::kRedis : Only::kInProcess;
    return !reason.empty() || Fail(*member, "'only' needs a 'reason' beside it");
  }

  // ---- steps ----

  bool ReadStep(const JsonNode& node, Step& out) {
    if (!IsObject(node, "a step")) return false;
    out.source = RangeOf(node);
    for (const StepRow& row : StepRows()) {
      const JsonNode* value = node.Find(row.name);
      if (value == nullptr) continue;
      return KnownInStep(node, row) && ReadOnly(node, out.only, out.reason) &&
             (this->*row.read)(node, *value, out);
    }
    return FailUnknownStep(node);
  }

  bool KnownInStep(const JsonNode& node, const StepRow& row) {
    std::vector<std::string_view> known = {row.name, "note", "only", "reason"};
    known.insert(known.end(), row.also.begin(), row.also.end());
    return Known(node, known, fmt::format("a '{}' step", row.name));
  }

  bool FailUnknownStep(const JsonNode& node) {
    std::vector<std::string_view> names;
    for (const StepRow& row : StepRows()) names.push_back(row.name);
    for (const JsonNode::Key& key : node.keys) {
      if (key.name == "expect" || key.name == "client" || key.name == "note") continue;
      if (key.name == "only" || key.name == "reason") continue;
      return FailAt(key.line, key.column, fmt::format("unknown step '{}'", key.name),
                    Suggestion(key.name, names));
    }
    return Fail(node, "a step needs something to do",
                fmt::format("known are {}", fmt::join(names, ", ")));
  }

  bool ReadSend(const JsonNode& node, const JsonNode& value, Step& out) {
    SendStep step;
    std::vector<const JsonNode*> places;
    if (value.is_string()) {
      auto argv = SplitArgs(value.text);
      if (!argv || argv->empty()) {
        return Fail(value, "cannot be split into arguments", "are the quotes balanced?");
      }
      step.argv = *std::move(argv);
      places.assign(step.argv.size(), &value);
    } else if (!ReadArgv(value, step.argv, places)) {
      return false;
    }
    for (size_t i = 0; i < step.argv.size(); ++i) {
      if (!Resolve(*places[i], i, step)) return false;
    }
    return FinishSend(node, value, std::move(step), out);
  }

  bool ReadArgv(const JsonNode& value, std::vector<std::string>& argv,
                std::vector<const JsonNode*>& places) {
    if (!value.is_array() || value.elements.empty()) {
      return Fail(value, "expected a command: a line or a list of arguments");
    }
    for (const JsonNode& element : value.elements) {
      if (!ReadArgument(element, argv.emplace_back())) return false;
      places.push_back(&element);
    }
    return true;
  }

  // A string, a number as it is written, or {"$hex": "00ff"}.
  bool ReadArgument(const JsonNode& node, std::string& out) {
    if (node.is_string() || node.is_number()) {
      out = node.text;
      return true;
    }
    if (node.is_object() && node.keys.size() == 1 && node.keys[0].name == "$repeat") {
      return ReadRepeat(node.elements[0], out);
    }
    const JsonNode* hex = node.is_object() && node.keys.size() == 1 ? node.Find("$hex") : nullptr;
    if (hex == nullptr) {
      return Fail(node, fmt::format("an argument cannot be {}", node.KindName()),
                  "a string, a number, {\"$hex\": \"00ff\"} or {\"$repeat\": [\"x\", 1000]}");
    }
    auto bytes = hex->is_string() ? HexDecode(hex->text) : std::nullopt;
    if (!bytes) return Fail(*hex, "expected pairs of hex digits");
    out = *std::move(bytes);
    return true;
  }

  // {"$repeat": ["x", 1000]}: long values without long files.
  bool ReadRepeat(const JsonNode& node, std::string& out) {
    constexpr int64_t kSizeMax = int64_t{1} << 30;  // the longest string of a server is 512 MB
    int64_t count = 0;
    if (!node.is_array() || node.elements.size() != 2 || !node.elements[0].is_string()) {
      return Fail(node, "expected [\"text\", count]");
    }
    if (!ToInteger(node.elements[1], count)) return false;
    const std::string& text = node.elements[0].text;
    if (count * static_cast<int64_t>(text.size()) > kSizeMax) return Fail(node, "too long");
    for (int64_t i = 0; i < count; ++i) out += text;
    return true;
  }

  bool FinishSend(const JsonNode& node, const JsonNode& value, SendStep step, Step& out) {
    if (!ReadClient(node, step.client)) return false;
    step.expect_source = RangeOf(value);
    step.expect_source.begin = value.end;
    if (const JsonNode* expect = node.Find("expect")) {
      step.expect_source = RangeOf(*expect);
      auto matcher = Matchers().ReadTop(*expect);
      if (!matcher) return Take(matcher.error());
      step.expect = *std::move(matcher);
    }
    out.action = std::move(step);
    return true;
  }

  // Steps that are a fixed command and, unless they say otherwise, answer OK.
  bool FinishOk(const JsonNode& node, const JsonNode& value, std::vector<std::string> argv,
                Step& out) {
    SendStep step;
    step.argv = std::move(argv);
    if (!FinishSend(node, value, std::move(step), out)) return false;
    auto& send = std::get<SendStep>(out.action);
    if (send.expect) return true;
    send.expect = Matcher{.kind = Matcher::Kind::kSimple, .text = "OK"};
    FillEncodings(*send.expect);
    return true;
  }

  bool ReadLoadModule(const JsonNode& node, const JsonNode& value, Step& out) {
    ModuleUse module;
    if (!ReadModule(value, module)) return false;
    std::vector<std::string> argv = {"MODULE", "LOAD", module.path};
    argv.insert(argv.end(), module.args.begin(), module.args.end());
    return FinishOk(node, value, std::move(argv), out);
  }

  bool ReadUnloadModule(const JsonNode& node, const JsonNode& value, Step& out) {
    if (!value.is_string()) return Fail(value, "expected the name of a loaded module");
    return FinishOk(node, value, {"MODULE", "UNLOAD", value.text}, out);
  }

  bool ReadReload(const JsonNode& node, const JsonNode& value, Step& out) {
    return IsTrue(value) && FinishOk(node, value, {"DEBUG", "RELOAD"}, out);
  }

  bool ReadReceive(const JsonNode& node, const JsonNode& value, Step& out) {
    ReceiveStep step;
    if (!ReadClient(node, step.client)) return false;
    auto matcher = Matchers().ReadTop(value);
    if (!matcher) return Take(matcher.error());
    if (matcher->kind == Matcher::Kind::kBlocked) {
      return Fail(value, "a 'receive' step cannot expect $blocked", "expect it of the send");
    }
    step.expect = *std::move(matcher);
    step.expect_source = RangeOf(value);
    out.action = std::move(step);
    return true;
  }

  bool ReadAdvance(const JsonNode&, const JsonNode& value, Step& out) {
    AdvanceStep step;
    if (!ToInteger(value, step.ms)) return false;
    if (step.ms < 0) return Fail(value, "time does not go back");
    out.action = step;
    return true;
  }

  bool ReadExpectPropagated(const JsonNode&, const JsonNode& value, Step& out) {
    ExpectPropagatedStep step;
    scenario_->records_propagation = true;
    if (!value.is_array()) return Fail(value, "expected a list of commands");
    for (const JsonNode& command : value.elements) {
      if (!command.is_array()) return Fail(command, "expected a list of arguments");
      auto& matchers = step.commands.emplace_back();
      for (const JsonNode& argument : command.elements) {
        if (!ReadPropagatedArgument(argument, matchers.emplace_back())) return false;
      }
    }
    out.action = std::move(step);
    return true;
  }

  // The stream holds strings only, so a number stands for its text.
  bool ReadPropagatedArgument(const JsonNode& node, Matcher& out) {
    auto matcher = Matchers().ReadPart(node);
    if (!matcher) return Take(matcher.error());
    out = *std::move(matcher);
    if (!node.is_number()) return true;
    out = Matcher{.kind = Matcher::Kind::kText, .text = node.text};
    return true;
  }

  bool ReadExpectFindings(const JsonNode&, const JsonNode& value, Step& out) {
    ExpectFindingsStep step;
    if (!ToStrings(value, step.ids)) return false;
    out.action = std::move(step);
    return true;
  }

  bool ReadOracles(const JsonNode&, const JsonNode& value, Step& out) {
    OraclesStep step;
    if (!ToStrings(value, step.names)) return false;
    for (size_t i = 0; i < step.names.size(); ++i) {
      if (std::find(std::begin(kOracles), std::end(kOracles), step.names[i]) !=
          std::end(kOracles)) {
        continue;
      }
      return Fail(value.elements[i], fmt::format("unknown oracle '{}'", step.names[i]),
                  Suggestion(step.names[i], kOracles));
    }
    out.action = std::move(step);
    return true;
  }

  // The client's name, or true with "client" beside it.
  bool ReadDisconnect(const JsonNode& node, const JsonNode& value, Step& out) {
    DisconnectStep step;
    if (value.is_string()) {
      step.client = ClientIndex(value.text);
    } else if (!IsTrue(value) || !ReadClient(node, step.client)) {
      return false;
    }
    out.action = step;
    return true;
  }

  // The name of a replica.
  bool ReadLink(const JsonNode& value, bool up, Step& out) {
    LinkStep step{.up = up};
    if (!value.is_string()) return Fail(value, "expected the name of a server");
    if (!FindServer(value, value.text, step.server)) return false;
    out.action = step;
    return true;
  }

  bool ReadDropLink(const JsonNode&, const JsonNode& value, Step& out) {
    return ReadLink(value, false, out);
  }

  bool ReadResumeLink(const JsonNode&, const JsonNode& value, Step& out) {
    return ReadLink(value, true, out);
  }

  bool ReadApi(const JsonNode& node, const JsonNode& value, Step& out) {
    return ReadProgram(node, value, "RUN", out);
  }

  bool ReadApiReply(const JsonNode& node, const JsonNode& value, Step& out) {
    return ReadProgram(node, value, "REPLY", out);
  }

  // A command of the probe module: PROBE.RUN, or PROBE.RUN.KEYS with "probe": "keys".
  bool ReadProgram(const JsonNode& node, const JsonNode& value, std::string_view command,
                   Step& out) {
    if (auto problem = FindProblem(value))
      return Fail(*problem->place, std::move(problem->problem), std::move(problem->remedy));
    std::string module = "probe";
    std::string variant;
    std::vector<std::string> keys;
    if (!ReadString(node, "module", module) || !ReadString(node, "probe", variant) ||
        !ReadStrings(node, "keys", keys))
      return false;
    const bool known = std::ranges::find(kProbeVariants, variant) != std::end(kProbeVariants);
    if (!variant.empty() && !known)
      return Fail(*node.Find("probe"), fmt::format("unknown variant '{}'", variant),
                  Suggestion(variant, kProbeVariants));
    SendStep step;
    step.argv = {fmt::format("{}.{}{}{}", module, command, variant.empty() ? "" : ".", variant),
                 ToJson(value)};
    step.argv.insert(step.argv.end(), keys.begin(), keys.end());
    for (size_t i = 1; i < step.argv.size(); ++i)
      if (!Resolve(value, i, step)) return false;
    return FinishSend(node, value, std::move(step), out);
  }

  bool ReadClient(const JsonNode& node, int& client) {
    std::string name = scenario_->clients[0];
    std::string server_name;
    if (!ReadString(node, "client", name) || !ReadString(node, "server", server_name)) return false;
    int server = 0;
    const JsonNode* place = node.Find("server");
    if (place != nullptr && !FindServer(*place, server_name, server)) return false;
    client = ClientIndex(name, server);
    return true;
  }

  // Clients of the same name on two servers are two clients.
  int ClientIndex(const std::string& name, int server = 0) {
    auto& clients = scenario_->clients;
    auto& servers = scenario_->client_servers;
    for (size_t i = 0; i < clients.size(); ++i)
      if (clients[i] == name && servers[i] == server) return static_cast<int>(i);
    clients.push_back(name);
    servers.push_back(server);
    return static_cast<int>(clients.size()) - 1;
  }

  // ---- variables ----

  // Replaces "${NAME}" by its definition; a name that is not defined is an error.
  bool Define(const JsonNode& place, std::string& text) {
    return Substitute(place, text, [&](std::string_view name, size_t) {
      return FailUnknownVariable(place, name);
    });
  }

  // The same for argument `index` of a send, where captured names become references.
  bool Resolve(const JsonNode& place, size_t index, SendStep& step) {
    return Substitute(place, step.argv[index], [&](std::string_view name, size_t offset) {
      const auto& captures = scenario_->captures;
      const auto known = std::find(captures.begin(), captures.end(), name);
      if (known == captures.end()) return FailUnknownVariable(place, name);
      const auto slot = static_cast<int>(known - captures.begin());
      step.references.push_back({.argument = index, .offset = offset, .slot = slot});
      return true;
    });
  }

  // Walks over each "${name}" of `text` and cuts it out; "$${" is a plain "${". What is not defined
  // goes to `unknown(name, offset in the result)`.
  template <typename Unknown>
  bool Substitute(const JsonNode& place, std::string& text, Unknown unknown) {
    std::string result;
    std::string_view rest = text;
    while (true) {
      const size_t begin = rest.find("${");
      if (begin == rest.npos) break;
      if (begin > 0 && rest[begin - 1] == '$') {
        result += rest.substr(0, begin - 1);
        result += "${";
        rest.remove_prefix(begin + 2);
        continue;
      }
      const size_t end = rest.find('}', begin);
      if (end == rest.npos) return Fail(place, "'${' without '}'", "a plain '${' is written '$${'");
      result += rest.substr(0, begin);
      const std::string_view name = rest.substr(begin + 2, end - begin - 2);
      if (const std::string* value = DefinitionOf(name)) {
        result += *value;
      } else if (!unknown(name, result.size())) {
        return false;
      }
      rest.remove_prefix(end + 1);
    }
    result += rest;
    text = std::move(result);
    return true;
  }

  const std::string* DefinitionOf(std::string_view name) const {
    for (const auto& [known, value] : definitions_) {
      if (known == name) return &value;
    }
    return nullptr;
  }

  bool FailUnknownVariable(const JsonNode& place, std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& definition : definitions_) names.push_back(definition.first);
    if (scenario_ != nullptr) {
      names.insert(names.end(), scenario_->captures.begin(), scenario_->captures.end());
    }
    return Fail(place, fmt::format("'${{{}}}' is neither defined nor captured before", name),
                Suggestion(name, names));
  }

  // ---- small pieces ----

  template <typename T>
  bool ReadEach(const JsonNode& node, std::string_view name, std::vector<T>& out,
                bool (Reader::*read)(const JsonNode&, T&)) {
    const JsonNode* list = node.Find(name);
    if (list == nullptr) return true;
    if (!list->is_array()) return Fail(*list, fmt::format("'{}' is a list", name));
    for (const JsonNode& element : list->elements) {
      if (!(this->*read)(element, out.emplace_back())) return false;
    }
    return true;
  }

  bool ReadString(const JsonNode& node, std::string_view name, std::string& out) {
    const JsonNode* member = node.Find(name);
    if (member == nullptr) return true;
    if (!member->is_string()) {
      return Fail(*member, fmt::format("'{}' is a string, not {}", name, member->KindName()));
    }
    out = member->text;
    return true;
  }

  bool ReadStrings(const JsonNode& node, std::string_view name, std::vector<std::string>& out) {
    const JsonNode* member = node.Find(name);
    return member == nullptr || ToStrings(*member, out);
  }

  bool ToStrings(const JsonNode& node, std::vector<std::string>& out) {
    if (!node.is_array()) return Fail(node, "expected a list of strings");
    for (const JsonNode& element : node.elements) {
      if (!element.is_string()) return Fail(element, "expected a string");
      out.push_back(element.text);
    }
    return true;
  }

  bool ReadArguments(const JsonNode& node, std::string_view name, std::vector<std::string>& out) {
    const JsonNode* list = node.Find(name);
    if (list == nullptr) return true;
    if (!list->is_array()) return Fail(*list, fmt::format("'{}' is a list", name));
    for (const JsonNode& element : list->elements) {
      const JsonNode* program = element.is_object() ? element.Find("api") : nullptr;
      const bool read = program != nullptr ? ReadLoadProgram(element, *program, out.emplace_back())
                                           : ReadArgument(element, out.emplace_back());
      if (!read || !Define(element, out.back())) return false;
    }
    return true;
  }

  // {"api": [[...]]}: a program that the probe runs while it is loaded; {"api": {"unload":
  // [[...]]}}: when it is unloaded.
  bool ReadLoadProgram(const JsonNode& element, const JsonNode& program, std::string& out) {
    constexpr std::string_view kMembers[] = {"api", "note"};
    constexpr std::string_view kOptions[] = {"unload"};
    if (!Known(element, kMembers, "a program")) return false;
    const JsonNode* calls = &program;
    if (program.is_object()) {
      if (!Known(program, kOptions, "a program")) return false;
      calls = program.Find("unload");
      if (calls == nullptr) return Fail(program, "expected a program");
    }
    if (auto problem = FindProblem(*calls))
      return Fail(*problem->place, std::move(problem->problem), std::move(problem->remedy));
    out = ToJson(program);
    return true;
  }

  bool ToInteger(const JsonNode& node, int64_t& out) {
    const char* end = node.text.data() + node.text.size();
    if (node.is_integer() && std::from_chars(node.text.data(), end, out).ec == std::errc()) {
      return true;
    }
    return Fail(node, "expected an integer");
  }

  bool IsObject(const JsonNode& node, std::string_view what) {
    return node.is_object() ||
           Fail(node, fmt::format("{} is an object, not {}", what, node.KindName()));
  }

  bool IsTrue(const JsonNode& node) {
    return (node.is_bool() && node.boolean) || Fail(node, "expected true");
  }

  bool Known(const JsonNode& node, Names names, std::string_view what) {
    for (const JsonNode::Key& key : node.keys) {
      if (std::find(names.begin(), names.end(), key.name) != names.end()) continue;
      return FailAt(key.line, key.column, fmt::format("unknown member '{}' in {}", key.name, what),
                    Suggestion(key.name, names));
    }
    return true;
  }

  static std::string Suggestion(std::string_view word, Names names) {
    const auto closest = ClosestWord(word, names);
    if (closest) return fmt::format("did you mean '{}'?", *closest);
    return names.empty() ? "" : fmt::format("known are {}", fmt::join(names, ", "));
  }

  static SourceRange RangeOf(const JsonNode& node) {
    return {.line = node.line, .column = node.column, .begin = node.begin, .end = node.end};
  }

  MatcherReader Matchers() { return {path_, scenario_->captures}; }

  bool Take(Error error) {
    error_ = std::move(error);
    return false;
  }

  bool Fail(const JsonNode& node, std::string problem, std::string remedy = {}) {
    return FailAt(node.line, node.column, std::move(problem), std::move(remedy));
  }

  bool FailAt(int line, int column, std::string problem, std::string remedy) {
    return Take(
        {fmt::format("{}:{}:{}", path_, line, column), std::move(problem), std::move(remedy)});
  }

  const std::string& path_;
  const Definitions& definitions_;
  std::vector<std::pair<std::string, std::string>> file_config_;
  std::vector<std::string> file_contracts_;
  const JsonNode* file_servers_ = nullptr;
  Scenario* scenario_ = nullptr;
  Error error_;
};

const std::vector<Reader::StepRow>& Reader::StepRows() {
  static const std::vector<StepRow> kRows = {
      {"send", &Reader::ReadSend, {"client", "server", "expect"}},
      {"receive", &Reader::ReadReceive, {"client", "server"}},
      {"advance_ms", &Reader::ReadAdvance, {}},
      {"expect_propagated", &Reader::ReadExpectPropagated, {}},
      {"expect_findings", &Reader::ReadExpectFindings, {}},
      {"oracles", &Reader::ReadOracles, {}},
      {"load_module", &Reader::ReadLoadModule, {"expect"}},
      {"unload_module", &Reader::ReadUnloadModule, {"expect"}},
      {"reload", &Reader::ReadReload, {"expect"}},
      {"disconnect", &Reader::ReadDisconnect, {"client", "server"}},
      {"drop_link", &Reader::ReadDropLink, {}},
      {"resume_link", &Reader::ReadResumeLink, {}},
      {"api", &Reader::ReadApi, {"client", "server", "expect", "probe", "module", "keys"}},
      {"api_reply",
       &Reader::ReadApiReply,
       {"client", "server", "expect", "probe", "module", "keys"}},
  };
  return kRows;
}

}  // namespace

Result<SpecFile> ReadSpec(std::string_view source, const std::string& path,
                          const Definitions& definitions) {
  auto root = ParseJson(source, path);
  if (!root) return tl::unexpected(root.error());
  return Reader(path, definitions).Read(*root);
}

Result<SpecFile> ReadSpecFile(const std::string& path, const Definitions& definitions) {
  auto source = ReadFile(path);
  if (!source) return tl::unexpected(source.error());
  return ReadSpec(*source, path, definitions);
}

}  // namespace modcert::spec
