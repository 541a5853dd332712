// Any bytes as --containers: an Error, or containers that join with themselves, and that place each record once.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "scgen/error.hpp"
#include "scgen/observe/attribution.hpp"
#include "scgen/observe/container.hpp"
#include "support/seccomp_record.hpp"

namespace scgen {
namespace {

void require(bool holds, const char* law) {
    if (holds) return;
    std::cerr << "broken: " << law << "\n";
    std::abort();
}

/// Records of pids that are listed, with their children, and of one that is not, in time and without.
Observations records_for(const std::vector<Container>& containers) {
    constexpr std::int32_t clone_nr = 56;
    constexpr std::size_t most = 8;
    std::vector<SeccompRecord> records;
    const auto add = [&records](std::int32_t pid, std::int64_t time_ms) {
        SeccompRecord record;
        record.pid = pid;
        record.comm = pid % 2 == 0 ? "sh" : "runc:[2:INIT]";
        record.exe = "/bin/x";
        record.nr = clone_nr;
        record.at = static_cast<double>(time_ms % 10'000) / 1000;
        records.push_back(record);
    };
    for (const Container& container : containers) {
        for (const std::int32_t pid : container.pids)
            if (records.size() < most) add(pid, 0);
        for (const Stay& stay : container.stays)
            if (records.size() < most) add(stay.pid, stay.from_ms.value_or(1));
    }
    add(1326, 1);
    Observations observations;
    add_all(observations, records);
    return observations;
}

std::uint64_t all_records(const Observations& observations) {
    std::uint64_t count = 0;
    for (const auto& [subject, activity] : observations.subjects())
        for (const auto& [call, evidence] : activity.calls)
            count += evidence.count;
    return count;
}

void judge(const std::vector<Container>& read) {
    const Joined once = joined({{"a", read}});
    for (std::size_t i = 1; i < once.containers.size(); ++i)
        require(once.containers[i - 1].id < once.containers[i].id,
                "a container is there twice, or out of order");
    const Joined again = joined({{"a", once.containers}, {"b", once.containers}});
    require(again.containers == once.containers, "containers that are joined with themselves change");

    const Observations observations = records_for(once.containers);
    for (const GroupBy group_by : {GroupBy::container, GroupBy::pod}) {
        const Attribution found = attribute(observations, group_by, {}, once.containers);
        std::uint64_t records = found.unattributed.records() + found.unplaced.records;
        for (const Workload& workload : found.workloads)
            records += workload.records();
        require(records == all_records(observations), "a record that is nowhere, or twice");
    }
}

}  // namespace
}  // namespace scgen

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<scgen::Container> containers;
    try {
        containers = scgen::read_containers({reinterpret_cast<const char*>(data), size}, "fuzz");
    } catch (const scgen::Error&) {
        return 0;
    }
    scgen::judge(containers);
    return 0;
}
