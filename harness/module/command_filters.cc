// Command filters of modules, on the engine's filters.

#include "module/host.h"

namespace modcert::module {
namespace {

void RunFilter(RedisModuleCommandFilter& filter, engine::Client& client, engine::Args& args) {
  Host& host = filter.host;
  // filter.no-self: the module's own calls pass it by.
  if ((filter.flags & REDISMODULE_CMDFILTER_NOSELF) && filter.module.in_call > 0) return;
  const ModuleScope scope(host, &filter.module);
  RedisModuleCommandFilterCtx* view = host.handles.filter_contexts.New(
      &filter.module, host, std::vector<RedisModuleString*>{}, client.id());
  for (std::string& arg : args) view->args.push_back(host.NewString(nullptr, std::move(arg)));
  filter.callback(view);
  args.clear();
  for (RedisModuleString* arg : view->args) {
    args.push_back(arg->bytes);
    host.ReleaseString(arg);
  }
  host.handles.filter_contexts.End(view);
}

}  // namespace

RedisModuleCommandFilter* Host::AddFilter(Module& module, RedisModuleCommandFilterFunc callback,
                                          int flags) {
  RedisModuleCommandFilter* filter =
      handles.filters.New(&module, *this, module, callback, flags, 0);
  filter->engine_handle = server.AddCommandFilter(
      [filter](engine::Client& client, engine::Args& args) { RunFilter(*filter, client, args); });
  module.filters.push_back(filter);
  return filter;
}

void Host::RemoveFilter(RedisModuleCommandFilter* filter) {
  server.RemoveCommandFilter(filter->engine_handle);
  std::erase(filter->module.filters, filter);
  handles.filters.End(filter);
}

}  // namespace modcert::module
