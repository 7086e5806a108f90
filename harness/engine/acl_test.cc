#include "engine/acl.h"

#include <gtest/gtest.h>

#include "engine/config.h"

namespace modcert::engine {
namespace {

using Rules = std::vector<std::string>;

class AclTest : public testing::Test {
 protected:
  std::string Describe(const std::string& name) {
    return DescribeUser(*acl_.Find(name), acl_.commands());
  }

  Config config_;
  CommandTable commands_;
  Acl acl_{config_, commands_};
};

TEST_F(AclTest, TheDefaultUserMayDoEverything) {
  EXPECT_TRUE(acl_.default_user().unrestricted());
  EXPECT_FALSE(acl_.RequiresAuth());
  EXPECT_EQ(Describe("default"), "on nopass ~* &* +@all");
}

TEST_F(AclTest, AWrongRuleChangesNothing) {
  ASSERT_FALSE(acl_.SetUser("u", Rules{"on", "+get"}));
  EXPECT_TRUE(acl_.SetUser("u", Rules{"off", "+set", "nonsense"}));
  EXPECT_EQ(Describe("u"), "on resetchannels -@all +get");
  EXPECT_TRUE(acl_.SetUser("v", Rules{"on", "nonsense"}));
  EXPECT_EQ(acl_.Find("v"), nullptr);
}

TEST_F(AclTest, SingleCommandsAreDescribedInTheOrderOfTheirNames) {
  ASSERT_FALSE(acl_.SetUser("u", Rules{"+set", "+get", "+config|get", "+append"}));
  EXPECT_EQ(Describe("u"), "off resetchannels -@all +append +config|get +get +set");
}

TEST_F(AclTest, ACommandThatIsNotAllowedIsToldBeforeItsKeys) {
  ASSERT_FALSE(acl_.SetUser("u", Rules{"+set", "~a"}));
  const AclUser& user = *acl_.Find("u");
  const Rules get = {"GET", "b"};
  const Rules set = {"SET", "b", "v"};
  const Rules allowed = {"SET", "a", "v"};
  EXPECT_EQ(acl_.Check(user, *commands_.Find(get), get)->reason, AclDenial::Reason::kCommand);
  const auto denial = acl_.Check(user, *commands_.Find(set), set);
  EXPECT_EQ(denial->reason, AclDenial::Reason::kKey);
  EXPECT_EQ(denial->position, 1);
  EXPECT_FALSE(acl_.Check(user, *commands_.Find(allowed), allowed));
}

TEST_F(AclTest, APatternMustBeAllowedToTheLetter) {
  ASSERT_FALSE(acl_.SetUser("u", Rules{"&a*"}));
  const AclUser& user = *acl_.Find("u");
  EXPECT_TRUE(acl_.MayUseChannel(user, "abc", false));
  EXPECT_TRUE(acl_.MayUseChannel(user, "a*", true));
  EXPECT_FALSE(acl_.MayUseChannel(user, "ab*", true));
}

TEST_F(AclTest, AUserWhoIsOffCannotLogIn) {
  ASSERT_FALSE(acl_.SetUser("u", Rules{"on", ">pw"}));
  EXPECT_NE(acl_.LogIn("u", "pw"), nullptr);
  EXPECT_EQ(acl_.LogIn("u", "px"), nullptr);
  ASSERT_FALSE(acl_.SetUser("u", Rules{"off"}));
  EXPECT_EQ(acl_.LogIn("u", "pw"), nullptr);
}

}  // namespace
}  // namespace modcert::engine
