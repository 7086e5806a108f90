// The tables of API functions: one for each file of this folder, in which they are defined.
#pragma once

#include <span>

#include "abi/api_row.h"

namespace modcert::api {

std::span<const abi::ApiRow> AclClientRows();
std::span<const abi::ApiRow> AclRows();
std::span<const abi::ApiRow> AofRows();
std::span<const abi::ApiRow> AutoMemoryRows();
std::span<const abi::ApiRow> BlockingRows();
std::span<const abi::ApiRow> CallReplyRows();
std::span<const abi::ApiRow> CallRows();
std::span<const abi::ApiRow> ClusterRows();
std::span<const abi::ApiRow> CommandFilterRows();
std::span<const abi::ApiRow> CommandRows();
std::span<const abi::ApiRow> ConfigAccessRows();
std::span<const abi::ApiRow> DataTypeRows();
std::span<const abi::ApiRow> DefragRows();
std::span<const abi::ApiRow> DictRows();
std::span<const abi::ApiRow> DigestRows();
std::span<const abi::ApiRow> EventLoopRows();
std::span<const abi::ApiRow> EvictionRows();
std::span<const abi::ApiRow> ForkRows();
std::span<const abi::ApiRow> InfoFieldRows();
std::span<const abi::ApiRow> IoContextRows();
std::span<const abi::ApiRow> KeyGenericRows();
std::span<const abi::ApiRow> KeyGenericClientsRows();
std::span<const abi::ApiRow> KeyGenericContextRows();
std::span<const abi::ApiRow> KeyHashRows();
std::span<const abi::ApiRow> KeyListRows();
std::span<const abi::ApiRow> KeyMetadataRows();
std::span<const abi::ApiRow> KeyStreamRows();
std::span<const abi::ApiRow> KeyStringRows();
std::span<const abi::ApiRow> KeyZsetIteratorRows();
std::span<const abi::ApiRow> KeyZsetRows();
std::span<const abi::ApiRow> KeyspaceEventRows();
std::span<const abi::ApiRow> LogRows();
std::span<const abi::ApiRow> MemoryRows();
std::span<const abi::ApiRow> MemorySizeRows();
std::span<const abi::ApiRow> MiscellaneousRows();
std::span<const abi::ApiRow> ModuleConfigRows();
std::span<const abi::ApiRow> ModuleInfoRows();
std::span<const abi::ApiRow> RdbFileRows();
std::span<const abi::ApiRow> RdbIoRows();
std::span<const abi::ApiRow> ReplicationRows();
std::span<const abi::ApiRow> ReplyRows();
std::span<const abi::ApiRow> ScanRows();
std::span<const abi::ApiRow> ScriptingEngineRows();
std::span<const abi::ApiRow> ServerHookRows();
std::span<const abi::ApiRow> SharedApiRows();
std::span<const abi::ApiRow> StringRows();
std::span<const abi::ApiRow> ThreadSafeContextRows();
std::span<const abi::ApiRow> TimerRows();
std::span<const abi::ApiRow> UtilityRows();

// All of them, in no order that matters.
inline constexpr std::span<const abi::ApiRow> (*kAllRows[])() = {
    AclClientRows,
    AclRows,
    AofRows,
    AutoMemoryRows,
    BlockingRows,
    CallReplyRows,
    CallRows,
    ClusterRows,
    CommandFilterRows,
    CommandRows,
    ConfigAccessRows,
    DataTypeRows,
    DefragRows,
    DictRows,
    DigestRows,
    EventLoopRows,
    EvictionRows,
    ForkRows,
    InfoFieldRows,
    IoContextRows,
    KeyGenericRows,
    KeyGenericClientsRows,
    KeyGenericContextRows,
    KeyHashRows,
    KeyListRows,
    KeyMetadataRows,
    KeyStreamRows,
    KeyStringRows,
    KeyZsetIteratorRows,
    KeyZsetRows,
    KeyspaceEventRows,
    LogRows,
    MemoryRows,
    MemorySizeRows,
    MiscellaneousRows,
    ModuleConfigRows,
    ModuleInfoRows,
    RdbFileRows,
    RdbIoRows,
    ReplicationRows,
    ReplyRows,
    ScanRows,
    ScriptingEngineRows,
    ServerHookRows,
    SharedApiRows,
    StringRows,
    ThreadSafeContextRows,
    TimerRows,
    UtilityRows,
};

}  // namespace modcert::api
