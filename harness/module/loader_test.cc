#include "module/loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <thread>

#include "module/api_tables.h"
#include "module/shared_object.h"

namespace modcert::module {
namespace {

std::string Path(std::string_view name) {
  return std::string(MODCERT_BINARY_DIR "/modules/") + std::string(name) + ".so";
}

struct World {
  VirtualClock clock;
  Host host{clock, {.api = ApiTableOf(abi::DefaultProfile())}};
  engine::Client& client = host.server.Connect();

  Result<Module*> Load(std::string_view name) { return LoadModule(host, Path(name), {}); }
  std::string Send(engine::Args args) {
    host.server.Execute(client, std::move(args));
    return std::exchange(client.output, {});
  }
};

std::string ProblemOf(const Result<Module*>& module) {
  return module ? "" : module.error().problem;
}

TEST(LoadModule, RegistersCommandsThatRun) {
  World world;
  ASSERT_TRUE(world.Load("hello"));
  EXPECT_NE(world.host.server.commands.FindByName("hello.echo"), nullptr);
  EXPECT_EQ(world.host.TakeFindings().size(), 0u);
}

TEST(LoadModule, GivesEachHostGlobalsOfItsOwn) {
  World one;
  World two;
  ASSERT_TRUE(one.Load("shared_api_exporter"));
  ASSERT_TRUE(two.Load("shared_api_exporter"));
  EXPECT_NE(one.host.modules()[0]->object().Find("RedisModule_OnLoad"),
            two.host.modules()[0]->object().Find("RedisModule_OnLoad"));
  EXPECT_EQ(one.Send({"exporter.sum"}), two.Send({"exporter.sum"}));
}

TEST(LoadModule, SaysWhyAFileDoesNotLoad) {
  World world;
  EXPECT_EQ(ProblemOf(LoadModule(world.host, "/nowhere/m.so", {})),
            "cannot be opened: No such file or directory");
  EXPECT_EQ(ProblemOf(world.Load("unresolved_symbol")),
            "needs the symbol 'unresolved_symbol_that_nobody_has', which nobody defines");
  EXPECT_EQ(ProblemOf(world.Load("no_entry_point")),
            "has no entry point: it does not export RedisModule_OnLoad");
  EXPECT_TRUE(world.host.modules().empty());
}

TEST(LoadModule, NamesAMangledEntryPoint) {
  World world;
  const Result<Module*> module = world.Load("cxx_mangled");
  ASSERT_FALSE(module);
  EXPECT_NE(module.error().problem.find("_Z18RedisModule_OnLoad"), std::string::npos);
  EXPECT_NE(module.error().remedy.find("extern \"C\""), std::string::npos);
}

TEST(LoadModule, QuotesTheLogOfAModuleWhoseOnLoadFails) {
  World world;
  const std::string problem = ProblemOf(world.Load("bad_onload"));
  EXPECT_NE(problem.find("OnLoad returned REDISMODULE_ERR"), std::string::npos);
  EXPECT_NE(problem.find("the license file is missing"), std::string::npos);
}

TEST(LoadModule, TakesHalfARegistrationBack) {
  World world;
  ASSERT_TRUE(world.Load("hello"));
  const size_t count = world.host.server.commands.All().size();
  EXPECT_NE(ProblemOf(world.Load("name_clash")).find("exists already"), std::string::npos);
  EXPECT_EQ(world.host.server.commands.All().size(), count);
  EXPECT_NE(ProblemOf(world.Load("hello")).find("a module named 'hello' is loaded already"),
            std::string::npos);
}

TEST(LoadModule, RefusesAFileThatNobodyMayExecute) {
  World world;
  const std::string copy = testing::TempDir() + "/not_executable.so";
  std::ofstream(copy, std::ios::binary) << std::ifstream(Path("hello"), std::ios::binary).rdbuf();
  chmod(copy.c_str(), 0644);
  EXPECT_NE(ProblemOf(LoadModule(world.host, copy, {})).find("no execute permission"),
            std::string::npos);
}

TEST(Host, GoesThoughAThreadOfAModuleWaitsForItsLock) {
  auto world = std::make_unique<World>();
  ASSERT_TRUE(world->Load("blocking_thread"));
  // As a thread of the module would, if it came at a bad moment.
  GlobalLock& lock = world->host.lock;
  std::thread([&lock] { lock.Lock(); }).detach();
  while (!lock.HasWaiters()) std::this_thread::yield();
  world.reset();
}

TEST(UnloadModule, TakesTheCommandsWithIt) {
  World world;
  ASSERT_TRUE(world.Load("hello"));
  EXPECT_TRUE(UnloadModule(world.host, "hello"));
  EXPECT_EQ(world.host.server.commands.FindByName("hello.echo"), nullptr);
  ASSERT_TRUE(world.Load("hello"));
}

TEST(UnloadModule, RefusesAModuleWithDataTypes) {
  World world;
  ASSERT_TRUE(world.Load("hellotype"));
  const Status status = UnloadModule(world.host, "hellotype");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().problem,
            "Error unloading module: the module exports one or more module-side data types, can't "
            "unload");
}

TEST(UnloadModule, DoesNotKnowAModuleThatIsNotThere) {
  World world;
  EXPECT_EQ(UnloadModule(world.host, "nope").error().problem,
            "Error unloading module: no such module with that name");
}

}  // namespace
}  // namespace modcert::module
