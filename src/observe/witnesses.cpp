#include "scgen/observe/witnesses.hpp"

#include <limits>

namespace scgen {
namespace {

// A log must not fill the memory: these bound it to some 64 MiB.
constexpr std::size_t most = 65'536;
constexpr std::size_t longest_line = 1024;

std::string cut(std::string_view line) {
    if (line.size() <= longest_line) return std::string(line);
    return std::string(line.substr(0, longest_line)) + "[...]";
}

}  // namespace

void Witnesses::saw(const Ingest::Sighting& sighting) {
    const Record& record = sighting.record;
    const std::pair key{Observed{record.syscall, record.action}, record.pid};
    const auto at = witnesses_.lower_bound(key);
    if (witnesses_.size() >= most || (at != witnesses_.end() && at->first == key)) return;
    witnesses_.emplace_hint(at, key, Witness{record.pid, interpret(record.comm), cut(sighting.line)});
}

const Witness* Witnesses::find(const Workload& workload, const Observed& call) const {
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    for (auto at = witnesses_.lower_bound({call, least}); at != witnesses_.end(); ++at) {
        if (at->first.first != call) break;
        if (workload.pids.contains(at->first.second)) return &at->second;
    }
    return nullptr;
}

}  // namespace scgen
