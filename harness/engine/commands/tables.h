// The tables of built-in commands: one for each file of this folder, in which they are defined.
#pragma once

#include <span>

#include "engine/command.h"

namespace modcert::engine {

std::span<const CommandRow> AclCommands();
std::span<const CommandRow> ClientCommands();
std::span<const CommandRow> ClientTrackingCommands();
std::span<const CommandRow> ClusterCommands();
std::span<const CommandRow> ClusterNodeCommands();
std::span<const CommandRow> ClusterSlotCommands();
std::span<const CommandRow> ConfigCommands();
std::span<const CommandRow> ConnectionCommands();
std::span<const CommandRow> DumpCommands();
std::span<const CommandRow> DebugCommands();
std::span<const CommandRow> ExpireCommands();
std::span<const CommandRow> FunctionCommands();
std::span<const CommandRow> GenericCommands();
std::span<const CommandRow> GeoCommands();
std::span<const CommandRow> GeoSearchCommands();
std::span<const CommandRow> HashCommands();
std::span<const CommandRow> HelpCommands();
std::span<const CommandRow> InfoCommands();
std::span<const CommandRow> IntrospectionCommands();
std::span<const CommandRow> LatencyCommands();
std::span<const CommandRow> LcsCommands();
std::span<const CommandRow> ListCommands();
std::span<const CommandRow> ListMoveCommands();
std::span<const CommandRow> ListPopCommands();
std::span<const CommandRow> LolwutShutdownCommands();
std::span<const CommandRow> MemoryCommands();
std::span<const CommandRow> PersistenceCommands();
std::span<const CommandRow> PubSubCommands();
std::span<const CommandRow> ReplicationCommands();
std::span<const CommandRow> ScriptingCommands();
std::span<const CommandRow> ServerCommands();
std::span<const CommandRow> SetCommands();
std::span<const CommandRow> SlowLogCommands();
std::span<const CommandRow> SortCommands();
std::span<const CommandRow> SortedSetCombineCommands();
std::span<const CommandRow> SortedSetCommands();
std::span<const CommandRow> SortedSetPopCommands();
std::span<const CommandRow> SortedSetRangeCommands();
std::span<const CommandRow> StreamClaimCommands();
std::span<const CommandRow> StreamCommands();
std::span<const CommandRow> StreamGroupCommands();
std::span<const CommandRow> StreamInfoCommands();
std::span<const CommandRow> StreamReadCommands();
std::span<const CommandRow> StringCommands();
std::span<const CommandRow> TransactionCommands();

// All of them, in alphabetical order, one to a line.
// clang-format off
inline constexpr std::span<const CommandRow> (*kCommandTables[])() = {
    AclCommands,
    ClientCommands,
    ClientTrackingCommands,
    ClusterCommands,
    ClusterNodeCommands,
    ClusterSlotCommands,
    ConfigCommands,
    ConnectionCommands,
    DumpCommands,
    DebugCommands,
    ExpireCommands,
    FunctionCommands,
    GenericCommands,
    GeoCommands,
    GeoSearchCommands,
    HashCommands,
    HelpCommands,
    InfoCommands,
    IntrospectionCommands,
    LatencyCommands,
    LcsCommands,
    ListCommands,
    ListMoveCommands,
    ListPopCommands,
    LolwutShutdownCommands,
    MemoryCommands,
    PersistenceCommands,
    PubSubCommands,
    ReplicationCommands,
    ScriptingCommands,
    ServerCommands,
    SetCommands,
    SlowLogCommands,
    SortCommands,
    SortedSetCombineCommands,
    SortedSetCommands,
    SortedSetPopCommands,
    SortedSetRangeCommands,
    StreamClaimCommands,
    StreamCommands,
    StreamGroupCommands,
    StreamInfoCommands,
    StreamReadCommands,
    StringCommands,
    TransactionCommands,
};
// clang-format on

}  // namespace modcert::engine
