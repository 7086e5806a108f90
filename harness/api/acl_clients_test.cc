// What needs a TLS connection, which no target has.

#include <gtest/gtest.h>

#include "api/rows.h"
#include "module/api_tables.h"
#include "module/host.h"

namespace modcert::api {
namespace {

RedisModuleString* CertificateOf(RedisModuleCtx* ctx, uint64_t client_id) {
  using abi::published::GetClientCertificate;
  for (const abi::ApiRow& row : AclClientRows())
    if (row.function == GetClientCertificate::kIndex)
      return reinterpret_cast<GetClientCertificate::Type*>(row.core)(ctx, client_id);
  return nullptr;
}

TEST(GetClientCertificate, IsTheTextThatTheConnectionCameWith) {
  VirtualClock clock;
  module::Host host(clock, {.api = module::ApiTableOf(abi::DefaultProfile())});
  engine::Client& client = host.server.Connect();
  RedisModuleCtx* ctx = host.NewContext(nullptr, module::ContextKind::kCommand, &client);
  EXPECT_EQ(CertificateOf(ctx, client.id()), nullptr);
  client.certificate = "-----BEGIN CERTIFICATE-----";
  RedisModuleString* text = CertificateOf(ctx, client.id());
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->bytes, "-----BEGIN CERTIFICATE-----");
  EXPECT_EQ(CertificateOf(ctx, client.id() + 1), nullptr);
  host.ReleaseString(text);
  host.EndContext(ctx);
}

}  // namespace
}  // namespace modcert::api
