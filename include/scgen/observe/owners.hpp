#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "scgen/audit/record.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {

/// Whose processes are, by their numbers and times.
///
/// Shape: points into the containers it was made of, which must outlive it.
class PidOwners {
  public:
    explicit PidOwners(const std::vector<Container>& containers);

    /// That a container had a process of a number; at any time, where its times are not known.
    struct Claim {
        const Container* container = nullptr;
        Stay stay;
    };

    /// The claim of the one container that had the pid from `first_ms` to `last_ms`, if no other may have had it then;
    /// null else. Without times only the number counts.
    ///
    /// Shape: a second of difference is none: clocks of logs and processes are apart by so much, and no number is given
    ///        again as soon.
    const Claim* find(std::int32_t pid, std::optional<std::int64_t> first_ms,
                      std::optional<std::int64_t> last_ms) const;

    bool knows(std::int32_t pid) const noexcept { return claims_.contains(pid); }

  private:
    std::unordered_map<std::int32_t, std::vector<Claim>> claims_;
};

/// Places records one by one, for those who cannot wait for attribution.
///
/// Shape: by pid and time alone. From where a log names a second host, or a pid begins a second life whose times
///        nobody knows, nothing is placed any more.
class RecordPlacer {
  public:
    explicit RecordPlacer(const std::vector<Container>& containers) : owners_(containers) {}

    const Container* place(const Record& record);
    bool several_hosts() const noexcept { return several_hosts_; }

  private:
    bool begins_second_life(const Record& record);

    PidOwners owners_;
    std::string host_;
    /// By pid: whether a program was seen, and not a runtime's start-up alone. None but pids that have owners.
    std::map<std::int32_t, bool> programs_;
    std::set<std::int32_t> reused_;
    bool several_hosts_ = false;
};

}  // namespace scgen
