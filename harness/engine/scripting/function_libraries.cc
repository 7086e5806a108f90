#include "engine/scripting/function_libraries.h"

#include <algorithm>
#include <utility>

#include "engine/rdb/dump.h"
#include "engine/rdb/reader.h"
#include "engine/rdb/writer.h"
#include "engine/scripting/register_function.h"
#include "engine/server.h"
#include "fmt/format.h"

namespace modcert::engine::scripting {
namespace {

constexpr size_t kFooterSize = 10;  // version and checksum of a payload

std::string AlreadyExists(const Library& library) {
  return fmt::format("ERR Library '{}' already exists", library.name);
}

}  // namespace

const Function* Library::Find(std::string_view function) const {
  for (const Function& candidate : functions)
    if (CommandNameEqual{}(candidate.name, function)) return &candidate;
  return nullptr;
}

FunctionLibraries::~FunctionLibraries() { Flush(); }

tl::expected<std::string, std::string> FunctionLibraries::Load(std::string_view code,
                                                               OnCollision on_collision) {
  LibrarySourceOrError source = Parse(code);
  if (auto* error = std::get_if<std::string>(&source)) return tl::unexpected(std::move(*error));
  std::string name = std::get<LibrarySource>(source).name;
  // Known without running the code.
  if (const auto it = libraries_.find(name);
      it != libraries_.end() && on_collision == OnCollision::kFail)
    return tl::unexpected(AlreadyExists(it->second));
  auto library = Read(code);
  if (!library) return tl::unexpected(library.error());
  std::vector<Library> added;
  added.push_back(*std::move(library));
  if (auto error = Join(std::move(added), on_collision)) return tl::unexpected(*std::move(error));
  return name;
}

LibrarySourceOrError FunctionLibraries::Parse(std::string_view code) const {
  return ParseLibrarySource(code,
                            [&](std::string_view name) { return engines_.Find(name) != nullptr; });
}

tl::expected<Library, std::string> FunctionLibraries::Read(std::string_view code) {
  LibrarySourceOrError source = Parse(code);
  if (auto* error = std::get_if<std::string>(&source)) return tl::unexpected(std::move(*error));
  const LibrarySource& parsed = std::get<LibrarySource>(source);
  Library library{.name = parsed.name, .code = std::string(code)};
  library.engine = engines_.Find(parsed.engine);
  std::optional<std::string> error =
      library.engine ? ReadOther(parsed.body, library) : ReadLua(parsed.body, library);
  if (!error && library.functions.empty()) error = "ERR No functions registered";
  if (error) {
    Forget(library);
    return tl::unexpected(*std::move(error));
  }
  std::sort(library.functions.begin(), library.functions.end(),
            [](const Function& a, const Function& b) { return a.name < b.name; });
  return library;
}

std::optional<std::string> FunctionLibraries::ReadLua(std::string_view body, Library& library) {
  const auto chunk = interpreter().Compile(body, "@user_function");
  if (!chunk) return "ERR Error compiling function: " + chunk.error();
  const auto ran = RunRegistering(interpreter(), *chunk, library);
  interpreter().Forget(*chunk);
  if (ran) return std::nullopt;
  return "ERR Error registering functions: " + ran.error();
}

// engine.library, engine.survives-reload
std::optional<std::string> FunctionLibraries::ReadOther(std::string_view body, Library& library) {
  auto functions = library.engine->Compile(ScriptKind::kFunction, body);
  if (!functions) return functions.error();
  for (EngineFunction& function : *functions)
    library.functions.push_back({.name = std::move(function.name),
                                 .description = std::move(function.description),
                                 .flags = function.flags,
                                 .engine_function = function.handle});
  return std::nullopt;
}

// Adds libraries unless a name is taken; those that are replaced do not count as takers.
std::optional<std::string> FunctionLibraries::Join(std::vector<Library> added,
                                                   OnCollision on_collision) {
  std::optional<std::string> error;
  const auto is_replaced = [&](const std::string& name) {
    return on_collision == OnCollision::kReplace &&
           std::any_of(added.begin(), added.end(), [&](const auto& l) { return l.name == name; });
  };
  for (const Library& library : added) {
    if (on_collision == OnCollision::kFail && libraries_.contains(library.name))
      error = fmt::format("ERR Library {} already exists", library.name);
    for (const Function& function : library.functions)
      for (const auto& [name, other] : libraries_)
        if (!error && !is_replaced(name) && other.Find(function.name))
          error = fmt::format("ERR Function {} already exists", function.name);
  }
  if (error) {
    for (const Library& library : added) Forget(library);
    return error;
  }
  for (Library& library : added) {
    Delete(library.name);
    std::string name = library.name;
    libraries_.emplace(std::move(name), std::move(library));
  }
  return std::nullopt;
}

bool FunctionLibraries::Delete(std::string_view name) {
  const auto it = libraries_.find(name);
  if (it == libraries_.end()) return false;
  Forget(it->second);
  libraries_.erase(it);
  return true;
}

void FunctionLibraries::Forget(const Library& library) {
  for (const Function& function : library.functions)
    if (library.engine)  // engine.frees-its-functions
      library.engine->Free(ScriptKind::kFunction, function.engine_function);
    else
      interpreter().Forget(function.id);
}

void FunctionLibraries::ForgetOf(const ScriptEngine& engine) {
  std::erase_if(libraries_, [&](const auto& entry) {
    if (entry.second.engine != &engine) return false;
    Forget(entry.second);
    return true;
  });
}

void FunctionLibraries::Flush(ScriptEngine::Pace pace) {
  for (const auto& engine : engines_.all()) {
    ForgetOf(*engine);
    engine->Reset(ScriptKind::kFunction, pace);
  }
  // A module may ask for this from inside of a function.
  if (interpreter_ && interpreter_->run())
    for (const auto& [name, library] : libraries_) Forget(library);
  else
    interpreter_.reset();
  libraries_.clear();
}

const Function* FunctionLibraries::FindFunction(std::string_view name,
                                                const Library** found) const {
  for (const auto& [library_name, library] : libraries_) {
    const Function* function = library.Find(name);
    if (!function) continue;
    if (found) *found = &library;
    return function;
  }
  return nullptr;
}

size_t FunctionLibraries::function_count() const {
  size_t count = 0;
  for (const auto& [name, library] : libraries_) count += library.functions.size();
  return count;
}

std::string FunctionLibraries::Dump() const {
  rdb::Writer out({.rdbcompression = server_.config.rdb_compression});
  for (const auto& [name, library] : libraries_) {
    out.WriteOpcode(rdb::Opcode::kFunction2);
    out.WriteString(library.code);
  }
  return rdb::WithFooter(out.bytes());
}

tl::expected<void, std::string> FunctionLibraries::Restore(std::string_view payload,
                                                           Restoring how) {
  if (!rdb::HasValidFooter(payload))
    return tl::unexpected(std::string("ERR DUMP payload version or checksum are wrong"));
  rdb::Reader in(payload.substr(0, payload.size() - kFooterSize));
  std::vector<Library> added;
  std::string error;
  while (in.remaining() > 0 && error.empty()) {
    if (in.ReadByte() != static_cast<uint8_t>(rdb::Opcode::kFunction2)) {
      error = "ERR given type is not a function";
      break;
    }
    const std::string code = in.ReadString();
    auto library =
        in.failed() ? tl::unexpected(std::string("ERR Failed loading library data")) : Read(code);
    if (library)
      added.push_back(*std::move(library));
    else
      error = library.error();
  }
  if (!error.empty()) {
    for (const Library& library : added) Forget(library);
    return tl::unexpected(std::move(error));
  }
  if (how == Restoring::kFlush)
    while (!libraries_.empty()) Delete(std::string(libraries_.begin()->first));
  const auto on_collision = how == Restoring::kReplace ? OnCollision::kReplace : OnCollision::kFail;
  if (auto refused = Join(std::move(added), on_collision)) return tl::unexpected(*refused);
  return {};
}

Interpreter& FunctionLibraries::interpreter() {
  if (!interpreter_) interpreter_ = std::make_unique<Interpreter>(server_);
  return *interpreter_;
}

}  // namespace modcert::engine::scripting
