/* A module in the spelling of Valkey. */
#include "valkeymodule.h"

#include "abi/valkeymodule_layout.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int ValkeyModule_OnLoad(ValkeyModuleCtx* ctx, ValkeyModuleString** argv, int argc);
EXPORTED int ValkeyModule_OnLoad(ValkeyModuleCtx* ctx, ValkeyModuleString** argv, int argc) {
  VALKEYMODULE_NOT_USED(argv);
  VALKEYMODULE_NOT_USED(argc);
  return ValkeyModule_Init(ctx, "valkey_module", 7, VALKEYMODULE_APIVER_1);
}
