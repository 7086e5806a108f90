// Modules Info fields: what a module adds to INFO, and reading INFO.

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "api/rows.h"
#include "base/parse_number.h"
#include "engine/commands/info.h"
#include "fmt/format.h"
#include "module/host.h"

namespace modcert::api {
namespace {

// int RedisModule_RegisterInfoFunc(RedisModuleCtx *ctx, RedisModuleInfoFunc cb)
int RegisterInfoFunc(RedisModuleCtx* ctx, RedisModuleInfoFunc callback) noexcept {
  ctx->module->info_callback = callback;  // info.one-function: the latest counts, null removes it
  return REDISMODULE_OK;
}

// ---- Writing.

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// info.section-wanted: by its own name, or by that of its module.
bool IsWanted(const RedisModuleInfoCtx& info, const std::string& section) {
  return !info.wanted || info.wanted->contains(Lower(section)) ||
         info.wanted->contains(Lower(info.module.name));
}

// int RedisModule_InfoAddSection(RedisModuleInfoCtx *ctx, const char *name)
int InfoAddSection(RedisModuleInfoCtx* info, const char* name) noexcept {
  info->EndDict();
  std::string section = info->module.name;
  if (name && *name) section += fmt::format("_{}", name);
  info->in_section = IsWanted(*info, section);
  if (!info->in_section) return REDISMODULE_ERR;
  info->text += fmt::format("\r\n# {}\r\n", section);
  return REDISMODULE_OK;
}

// info.dict-name: what would break the line is replaced, here and nowhere else.
std::string DictName(std::string name) {
  for (char& c : name)
    if (std::string_view("#:\r\n").find(c) != std::string_view::npos) c = '_';
  return name;
}

// int RedisModule_InfoBeginDictField(RedisModuleInfoCtx *ctx, const char *name)
int InfoBeginDictField(RedisModuleInfoCtx* info, const char* name) noexcept {
  if (!info->in_section) return REDISMODULE_ERR;  // info.field-needs-section
  info->EndDict();
  info->text += fmt::format("{}_{}:", info->module.name, DictName(name));
  info->in_dict = true;
  return REDISMODULE_OK;
}

// int RedisModule_InfoEndDictField(RedisModuleInfoCtx *ctx)
int InfoEndDictField(RedisModuleInfoCtx* info) noexcept {
  if (!info->in_dict) return REDISMODULE_ERR;
  info->EndDict();
  return REDISMODULE_OK;
}

// info.field-line: the module's name stands before that of the field, and not within a dict.
int AddField(RedisModuleInfoCtx& info, const char* field, std::string_view value) {
  if (!info.in_section) return REDISMODULE_ERR;  // info.field-needs-section
  if (info.in_dict)
    info.text += fmt::format("{}={},", field, value);
  else
    info.text += fmt::format("{}_{}:{}\r\n", info.module.name, field, value);
  return REDISMODULE_OK;
}

// int RedisModule_InfoAddFieldString(RedisModuleInfoCtx *ctx, const char *field,
//                                    RedisModuleString *value)
int InfoAddFieldString(RedisModuleInfoCtx* info, const char* field,
                       RedisModuleString* value) noexcept {
  return AddField(*info, field, value->bytes);
}

// int RedisModule_InfoAddFieldCString(RedisModuleInfoCtx *ctx, const char *field,
//                                     const char *value)
int InfoAddFieldCString(RedisModuleInfoCtx* info, const char* field, const char* value) noexcept {
  return AddField(*info, field, value);
}

// int RedisModule_InfoAddFieldDouble(RedisModuleInfoCtx *ctx, const char *field, double value)
int InfoAddFieldDouble(RedisModuleInfoCtx* info, const char* field, double value) noexcept {
  return AddField(*info, field, fmt::format("{:.17g}", value));
}

// int RedisModule_InfoAddFieldLongLong(RedisModuleInfoCtx *ctx, const char *field, long long value)
int InfoAddFieldLongLong(RedisModuleInfoCtx* info, const char* field, long long value) noexcept {
  return AddField(*info, field, std::to_string(value));
}

// int RedisModule_InfoAddFieldULongLong(RedisModuleInfoCtx *ctx, const char *field,
//                                       unsigned long long value)
int InfoAddFieldULongLong(RedisModuleInfoCtx* info, const char* field,
                          unsigned long long value) noexcept {
  return AddField(*info, field, std::to_string(value));
}

// ---- Reading.

// RedisModuleServerInfoData *RedisModule_GetServerInfo(RedisModuleCtx *ctx, const char *section)
RedisModuleServerInfoData* GetServerInfo(RedisModuleCtx* ctx, const char* section) noexcept {
  module::Host* host = ctx ? &ctx->host : module::CurrentHost();
  if (!host) return nullptr;
  std::vector<std::string> sections;
  if (section) sections.emplace_back(section);
  RedisModuleServerInfoData* data = host->handles.server_infos.New(
      ctx ? ctx->module : nullptr, module::ParseInfo(engine::InfoText(host->server, sections)));
  if (ctx) ctx->Track(abi::HandleKind::kServerInfoData, data);
  return data;
}

// void RedisModule_FreeServerInfo(RedisModuleCtx *ctx, RedisModuleServerInfoData *data)
void FreeServerInfo(RedisModuleCtx* ctx, RedisModuleServerInfoData* data) noexcept {
  module::Host* host = ctx ? &ctx->host : module::CurrentHost();
  if (ctx) ctx->Untrack(data);
  if (host) host->handles.server_infos.End(data);
}

// Null when there is no such field.
const std::string* FieldOf(const RedisModuleServerInfoData& data, const char* field) {
  const auto found = data.fields.find(std::string_view(field));
  return found == data.fields.end() ? nullptr : &found->second;
}

// RedisModuleString *RedisModule_ServerInfoGetField(RedisModuleCtx *ctx,
//                                                   RedisModuleServerInfoData *data,
//                                                   const char *field)
RedisModuleString* ServerInfoGetField(RedisModuleCtx* ctx, RedisModuleServerInfoData* data,
                                      const char* field) noexcept {
  const std::string* value = FieldOf(*data, field);
  module::Host* host = ctx ? &ctx->host : module::CurrentHost();
  return value && host ? host->NewString(ctx, *value) : nullptr;
}

// const char *RedisModule_ServerInfoGetFieldC(RedisModuleServerInfoData *data, const char *field)
const char* ServerInfoGetFieldC(RedisModuleServerInfoData* data, const char* field) noexcept {
  // info.read-text-borrowed: it lives as long as the data.
  const std::string* value = FieldOf(*data, field);
  return value ? value->c_str() : nullptr;
}

// As the C library reads a number, once it is no canonical one: with blanks before it, a plus sign
// or leading zeros; a NUL byte ends the text, and a negative number behind a blank wraps around.
std::optional<unsigned long long> ParseUnsignedLoosely(const std::string& text) {
  if (const auto number = ParseInteger(text)) {
    if (*number < 0) return std::nullopt;
    return static_cast<unsigned long long>(*number);
  }
  char* end = nullptr;
  errno = 0;
  const unsigned long long number = strtoull(text.c_str(), &end, 10);
  if (errno != 0 || end == text.c_str() || *end != '\0') return std::nullopt;
  return number;
}

// info.read-number: zero and an error when there is no such field, or no number in it.
template <typename Number, typename Parse>
Number NumberOf(const RedisModuleServerInfoData& data, const char* field, int* error,
                const Parse& parse) {
  const std::string* value = FieldOf(data, field);
  const auto number = value ? parse(*value) : std::nullopt;
  if (error) *error = number ? REDISMODULE_OK : REDISMODULE_ERR;
  return number ? static_cast<Number>(*number) : Number{};
}

// long long RedisModule_ServerInfoGetFieldSigned(RedisModuleServerInfoData *data,
//                                                const char *field, int *out_err)
long long ServerInfoGetFieldSigned(RedisModuleServerInfoData* data, const char* field,
                                   int* error) noexcept {
  return NumberOf<long long>(*data, field, error,
                             [](const std::string& text) { return ParseInteger(text); });
}

// unsigned long long RedisModule_ServerInfoGetFieldUnsigned(RedisModuleServerInfoData *data,
//                                                           const char *field, int *out_err)
unsigned long long ServerInfoGetFieldUnsigned(RedisModuleServerInfoData* data, const char* field,
                                              int* error) noexcept {
  return NumberOf<unsigned long long>(
      *data, field, error, [](const std::string& text) { return ParseUnsignedLoosely(text); });
}

// double RedisModule_ServerInfoGetFieldDouble(RedisModuleServerInfoData *data, const char *field,
//                                             int *out_err)
double ServerInfoGetFieldDouble(RedisModuleServerInfoData* data, const char* field,
                                int* error) noexcept {
  return NumberOf<double>(*data, field, error,
                          [](const std::string& text) { return ParseDouble(text); });
}

const abi::ApiRow kRows[] = {
    API_ROW(RegisterInfoFunc),
    API_ROW(InfoAddSection),
    API_ROW(InfoBeginDictField),
    API_ROW(InfoEndDictField),
    API_ROW(InfoAddFieldString),
    API_ROW(InfoAddFieldCString),
    API_ROW(InfoAddFieldDouble),
    API_ROW(InfoAddFieldLongLong),
    API_ROW(InfoAddFieldULongLong),
    API_ROW(GetServerInfo),
    API_ROW(FreeServerInfo),
    API_ROW(ServerInfoGetField),
    API_ROW(ServerInfoGetFieldC),
    API_ROW(ServerInfoGetFieldSigned),
    API_ROW(ServerInfoGetFieldUnsigned),
    API_ROW(ServerInfoGetFieldDouble),
};

}  // namespace

std::span<const abi::ApiRow> InfoFieldRows() { return kRows; }

}  // namespace modcert::api
