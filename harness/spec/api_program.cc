#include "spec/api_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "abi/functions.h"
#include "base/edit_distance.h"

namespace modcert::spec {
namespace {

// What the probe can do besides calling the API; those marked take programs.
struct Pseudo {
  std::string_view name;
  bool takes_programs = false;
};
constexpr Pseudo kPseudoFunctions[] = {
    {"address"}, {"close"}, {"count"},    {"equal"},        {"errno"}, {"fields"},
    {"forget"},  {"has"},   {"if", true}, {"join"},         {"kill"},  {"log"},
    {"note"},    {"peek"},  {"pipe"},     {"poke"},         {"read"},  {"repeat", true},
    {"reply"},   {"set"},   {"sleep_us"}, {"thread", true}, {"value"}, {"write"},
};

const Pseudo* FindPseudo(std::string_view name) {
  for (const Pseudo& pseudo : kPseudoFunctions)
    if (pseudo.name == name) return &pseudo;
  return nullptr;
}

// "a, b = Function": the function.
std::string_view FunctionOf(std::string_view head) {
  head.remove_prefix(head.find('=') + 1);  // npos + 1 is 0
  head.remove_prefix(std::min(head.find_first_not_of(' '), head.size()));
  return head;
}

std::string Suggestion(std::string_view name) {
  std::vector<std::string_view> known;
  for (const abi::Function& function : abi::AllFunctions()) known.push_back(function.name);
  for (const Pseudo& pseudo : kPseudoFunctions) known.push_back(pseudo.name);
  const auto closest = ClosestWord(name, known);
  return closest ? fmt::format("did you mean '{}'?", *closest) : "";
}

// The programs of callbacks, wherever they are among the arguments.
std::optional<ProgramProblem> FindProblemInCallbacks(const JsonNode& node) {
  const JsonNode* program = node.is_object() ? node.Find("do") : nullptr;
  if (program != nullptr && node.Find("$call") != nullptr) return FindProblem(*program);
  for (const JsonNode& inner : node.elements)
    if (auto problem = FindProblemInCallbacks(inner)) return problem;
  return std::nullopt;
}

std::optional<ProgramProblem> FindProblemInCall(const JsonNode& call) {
  if (!call.is_array() || call.elements.empty() || !call.elements[0].is_string())
    return ProgramProblem{&call, "a call is a list that begins with the name of a function",
                          "as in [\"k = OpenKey\", \"h\", \"READ\"]"};
  const std::string_view name = FunctionOf(call.elements[0].text);
  const Pseudo* pseudo = FindPseudo(name);
  if (pseudo == nullptr && abi::Find(name) == nullptr)
    return ProgramProblem{&call.elements[0],
                          fmt::format("no server has an API function '{}'", name),
                          Suggestion(name)};
  const bool has_programs = pseudo != nullptr && pseudo->takes_programs;
  for (size_t i = 1; i < call.elements.size(); ++i) {
    const JsonNode& argument = call.elements[i];
    auto problem = has_programs && argument.is_array() ? FindProblem(argument)
                                                       : FindProblemInCallbacks(argument);
    if (problem) return problem;
  }
  return std::nullopt;
}

void AppendText(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendJson(const JsonNode& node, std::string& out) {
  switch (node.kind) {
    case JsonNode::Kind::kNull:
      out += "null";
      return;
    case JsonNode::Kind::kBool:
      out += node.boolean ? "true" : "false";
      return;
    case JsonNode::Kind::kNumber:
      out += node.text;
      return;
    case JsonNode::Kind::kString:
      AppendText(node.text, out);
      return;
    case JsonNode::Kind::kArray:
    case JsonNode::Kind::kObject:
      break;
  }
  out += node.is_array() ? '[' : '{';
  for (size_t i = 0; i < node.elements.size(); ++i) {
    if (i > 0) out += ',';
    if (node.is_object()) {
      AppendText(node.keys[i].name, out);
      out += ':';
    }
    AppendJson(node.elements[i], out);
  }
  out += node.is_array() ? ']' : '}';
}

}  // namespace

std::optional<ProgramProblem> FindProblem(const JsonNode& program) {
  if (!program.is_array())
    return ProgramProblem{&program, "a program is a list of calls", "as in [[\"GetSelectedDb\"]]"};
  for (const JsonNode& call : program.elements)
    if (auto problem = FindProblemInCall(call)) return problem;
  return std::nullopt;
}

std::string ToJson(const JsonNode& node) {
  std::string out;
  AppendJson(node, out);
  return out;
}

}  // namespace modcert::spec
