#include "scgen/observe/owners.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "scgen/observe/attribution.hpp"

namespace scgen {
namespace {

constexpr std::int64_t slack_ms = 1000;
constexpr std::int64_t first_of_all = std::numeric_limits<std::int64_t>::min() / 2;
constexpr std::int64_t last_of_all = std::numeric_limits<std::int64_t>::max() / 2;

std::int64_t begin_of(const Stay& stay) noexcept {
    return stay.from_ms.value_or(first_of_all) - slack_ms;
}
std::int64_t end_of(const Stay& stay) noexcept {
    return stay.until_ms.value_or(last_of_all) + slack_ms;
}

}  // namespace

PidOwners::PidOwners(const std::vector<Container>& containers) {
    for (const Container& container : containers) {
        std::set<std::int32_t> timed;
        for (const Stay& stay : container.stays) {
            claims_[stay.pid].push_back({&container, stay});
            timed.insert(stay.pid);
        }
        for (const std::int32_t pid : container.pids)
            if (!timed.contains(pid)) claims_[pid].push_back({&container, {pid, {}, {}}});
    }
}

const PidOwners::Claim* PidOwners::find(std::int32_t pid, std::optional<std::int64_t> first_ms,
                                        std::optional<std::int64_t> last_ms) const {
    const auto found = claims_.find(pid);
    if (found == claims_.end()) return nullptr;
    const std::int64_t first = first_ms.value_or(first_of_all);
    const std::int64_t last = last_ms.value_or(last_of_all);
    const Claim* only = nullptr;
    std::int64_t begin = last_of_all;
    std::int64_t end = first_of_all;
    for (const Claim& claim : found->second) {
        if (end_of(claim.stay) < first || begin_of(claim.stay) > last) continue;
        if (only != nullptr && only->container != claim.container) return nullptr;
        if (only == nullptr) only = &claim;
        begin = std::min(begin, begin_of(claim.stay));
        end = std::max(end, end_of(claim.stay));
    }
    const bool covered = (!first_ms || begin <= first) && (!last_ms || last <= end);
    return covered ? only : nullptr;
}

bool RecordPlacer::begins_second_life(const Record& record) {
    const bool startup = !runtime_of_comm(interpret(record.comm)).empty();
    bool& program = programs_.try_emplace(record.pid, false).first->second;
    if (startup && program) return true;
    program = program || !startup;
    return false;
}

const Container* RecordPlacer::place(const Record& record) {
    if (host_.empty()) host_ = record.host;
    if (!record.host.empty() && record.host != host_) several_hosts_ = true;
    const PidOwners::Claim* claim = nullptr;
    if (!several_hosts_ && owners_.knows(record.pid))
        claim = owners_.find(record.pid, record.time_ms, record.time_ms);
    if (claim != nullptr && !claim->stay.from_ms) {
        if (begins_second_life(record)) reused_.insert(record.pid);
        if (reused_.contains(record.pid)) claim = nullptr;
    }
    return claim == nullptr ? nullptr : claim->container;
}

}  // namespace scgen
