#include "engine/rdb/file.h"

#include <gtest/gtest.h>

#include <list>
#include <map>

#include "base/hex.h"
#include "engine/rdb/sample_values.h"

namespace modcert::engine::rdb {
namespace {

const EncodingLimits kLimits;

// One database with one key.
std::vector<SavedDatabase> OneKey(std::string_view key, const Value& value,
                                  std::optional<int64_t> expire_at_ms = {}) {
  SavedDatabase database{.index = 3, .key_count = 1, .expire_count = expire_at_ms ? 1u : 0u};
  database.for_each_key = [key, &value, expire_at_ms](const auto& save) {
    save({key, &value, expire_at_ms});
  };
  return {database};
}

// What a load handed over, in short: "db/key=type(dump)@expiry".
struct Loaded {
  std::list<LoadedKey> keys;
  std::map<std::string, std::string> aux;
  Status status;

  explicit Loaded(std::string_view bytes, LoadOptions options = {}) {
    options.limits = &kLimits;
    options.add_key = [this](LoadedKey key) -> Status {
      keys.push_back(std::move(key));
      return {};
    };
    options.add_aux_field = [this](std::string_view name, std::string_view value) {
      aux[std::string(name)] = value;
    };
    status = LoadFile(bytes, options);
  }
  std::string problem() const { return status ? "" : status.error().problem; }
};

TEST(RdbFile, OfNoKeysHasOnlyItsFields) {
  const std::string bytes = SaveFile({}, {.unix_time_s = 1700000000, .used_memory = 1000});
  EXPECT_EQ(bytes.substr(0, 9), "REDIS0010");
  const Loaded loaded(bytes);
  EXPECT_EQ(loaded.problem(), "");
  EXPECT_TRUE(loaded.keys.empty());
  EXPECT_EQ(loaded.aux, (std::map<std::string, std::string>{{"redis-ver", "7.0.15"},
                                                            {"redis-bits", "64"},
                                                            {"ctime", "1700000000"},
                                                            {"used-mem", "1000"},
                                                            {"aof-base", "0"}}));
}

TEST(RdbFile, GivesBackEveryKeyWithDatabaseAndExpiry) {
  Random random(31);
  for (int i = 0; i < 100; ++i) {
    const Value value = RandomValue(random, &kLimits);
    const std::string key = RandomBytes(random);
    const std::optional<int64_t> expiry =
        random.OneIn(2) ? std::optional<int64_t>(random.Between(-5, 1000000)) : std::nullopt;
    const Loaded loaded(SaveFile(OneKey(key, value, expiry), {}));
    ASSERT_EQ(loaded.problem(), "");
    ASSERT_EQ(loaded.keys.size(), 1u);
    const LoadedKey& back = loaded.keys.front();
    EXPECT_EQ(back.db, 3);
    EXPECT_EQ(back.key, key);
    EXPECT_EQ(back.expire_at_ms, expiry);
    Writer saved;
    Writer saved_again;
    SaveValue(saved, value, {});
    SaveValue(saved_again, back.value, {});
    EXPECT_EQ(HexEncode(saved_again.bytes()), HexEncode(saved.bytes()));
  }
}

TEST(RdbFile, CutAnywhereIsAnError) {
  const std::string bytes = SaveFile(OneKey("k", String("hello"), 99), {});
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Loaded(bytes.substr(0, size)).status) << size;
}

TEST(RdbFile, FlippedAnywhereIsAnError) {
  const std::string bytes = SaveFile(OneKey("k", String("hello"), 99), {});
  for (size_t place = 0; place < bytes.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[place] ^= static_cast<char>(1 << bit);
      EXPECT_FALSE(Loaded(flipped).status) << place << " " << bit;
    }
  }
}

TEST(RdbFile, MayHaveNoChecksum) {
  const std::string bytes = SaveFile(OneKey("k", String("v")), {.rdbchecksum = false});
  EXPECT_EQ(bytes.substr(bytes.size() - 8), std::string(8, '\0'));
  EXPECT_EQ(Loaded(bytes).problem(), "");
  std::string wrong = bytes;
  wrong.back() = 1;
  EXPECT_TRUE(Loaded(wrong).problem().starts_with("Wrong RDB checksum"));
}

TEST(RdbFile, OfANewerVersionIsRefused) {
  EXPECT_EQ(Loaded("REDIS0011").problem(), "Can't handle RDB format version 0011");
  EXPECT_EQ(Loaded("REDIS0000").problem(), "Can't handle RDB format version 0000");
  EXPECT_EQ(Loaded("VALKEY080").problem(), "Wrong signature trying to load DB from file");
}

TEST(RdbFile, ReadsOldOpcodes) {
  using namespace std::string_literals;
  // Seconds, idle time, frequency; version 4 had no checksum.
  const std::string bytes = "REDIS0004\xfd\x02\x00\x00\x00\xf8\x07\xf9\x09\x00\x01k\x01v\xff"s;
  const Loaded loaded(bytes);
  ASSERT_EQ(loaded.problem(), "");
  ASSERT_EQ(loaded.keys.size(), 1u);
  EXPECT_EQ(loaded.keys.front().expire_at_ms, 2000);
  EXPECT_EQ(loaded.keys.front().idle_s, 7u);
  EXPECT_EQ(loaded.keys.front().frequency, 9);
}

TEST(RdbFile, ForgetsExpiryAfterTheKeyItBelongsTo) {
  using namespace std::string_literals;
  // An empty list, which is skipped, and a string.
  const std::string bytes =
      "REDIS0004\xfc\x02\x00\x00\x00\x00\x00\x00\x00\x01\x01l\x00\x00\x01k\x01v\xff"s;
  const Loaded loaded(bytes);
  ASSERT_EQ(loaded.problem(), "");
  ASSERT_EQ(loaded.keys.size(), 1u);
  EXPECT_EQ(loaded.keys.front().key, "k");
  EXPECT_EQ(loaded.keys.front().expire_at_ms, std::nullopt);
}

// Keeps a word before and a word after its keys.
class TypeWithAux final : public SampleType {
 public:
  bool SaveAux(Writer& items, AuxWhen when) const override {
    items.SaveString(when == AuxWhen::kBefore ? "before" : "after");
    return true;
  }
  Status LoadAux(Reader& in, int encver, AuxWhen when) const override {
    EXPECT_EQ(encver, ModuleEncodingVersion(id()));
    loaded += (when == AuxWhen::kBefore ? "before:" : "after:") + in.LoadString() + " ";
    return {};
  }
  mutable std::string loaded;
};

TEST(RdbFile, CarriesTheDataOfModules) {
  const TypeWithAux type;
  const OpaqueType* types[] = {&type};
  SaveOptions options;
  options.module_types = types;
  const Value value = Opaque(&type, new SampleType::Content);
  const std::string bytes = SaveFile(OneKey("k", value), options);

  LoadOptions load;
  load.find_type = ContextWith(&kLimits, &type).find_type;
  const Loaded loaded(bytes, load);
  EXPECT_EQ(loaded.problem(), "");
  EXPECT_EQ(type.loaded, "before:before after:after ");
  ASSERT_EQ(loaded.keys.size(), 1u);
  EXPECT_EQ(
      *static_cast<const SampleType::Content*>(std::get<Opaque>(loaded.keys.front().value).value()),
      SampleType::Content());
  EXPECT_EQ(Loaded(bytes).problem(),
            "The RDB file contains AUX module data I can't load: no matching module 'umodtype0'");
}

TEST(RdbFile, WithFunctionsNeedsSomebodyWhoTakesThem) {
  using namespace std::string_literals;
  const std::string bytes = "REDIS0004\xf5\x03lib\xff"s;
  EXPECT_NE(Loaded(bytes).problem(), "");
  std::string library;
  LoadOptions load;
  load.add_function_library = [&](std::string_view source) -> Status {
    library = source;
    return {};
  };
  EXPECT_EQ(Loaded(bytes, load).problem(), "");
  EXPECT_EQ(library, "lib");
}

}  // namespace
}  // namespace modcert::engine::rdb
