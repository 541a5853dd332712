#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/observe/container.hpp"
#include "scgen/observe/observations.hpp"

namespace scgen {

/// What makes two processes one workload.
enum class GroupBy : std::uint8_t { all, comm, exe, pid, subj, container, pod };

/// Which processes are wanted: shell globs over interpreted names. Several of one kind are "or", kinds are "and".
///
/// Shape: the kernel keeps 15 bytes of a comm, so a comm pattern that begins with more literal bytes than that is
///        compared by its first 15.
struct Selection {
    std::vector<std::string> comm = {};
    std::vector<std::string> exe = {};
    std::vector<std::string> subj = {};
    std::vector<std::int32_t> pid = {};
    /// Of a container's name, its label or its id; also 12 or more digits that an id begins with.
    std::vector<std::string> container = {};
    /// "NAMESPACE/NAME".
    std::vector<std::string> pod = {};

    bool empty() const noexcept {
        return comm.empty() && exe.empty() && subj.empty() && pid.empty() && container.empty() && pod.empty();
    }
};

/// Whether one subject by itself fits a selection, for those who cannot wait for attribution to join it to others
/// or to a container.
bool fits(const Selection& selection, const Subject& subject);
/// Whether --container and --pod want what is in this container; null for what is in none known.
bool fits(const Selection& selection, const Container* container);

/// Whether containers are asked for, by grouping or selecting.
bool by_container(GroupBy group_by, const Selection& selection) noexcept;

/// Who made a call: whoever made it first, and the first few of its processes and of the names they bore, in order.
struct Callers {
    static constexpr std::size_t most = 16;
    std::int32_t first_pid = 0;
    std::string first_comm = {};
    Moment first_at = {};
    std::vector<std::int32_t> pids = {};
    /// All its processes, those that `pids` has no room for included.
    std::uint64_t processes = 0;
    std::set<std::string> comms = {};
    /// Whether there were more names than `comms` has room for.
    bool more_comms = false;

    bool operator==(const Callers&) const = default;
};

/// The thing that gets one profile.
///
/// Shape: `calls` holds everything of its processes, the container runtime's start-up included; `startup` is that
///        part alone, for those who must know why a name is there.
struct Workload {
    std::string name;
    /// Names of its processes; `comms` has those of their other threads too.
    std::set<std::string> processes;
    std::set<std::string> comms;
    std::set<std::string> exes;
    std::set<std::string> subjs;
    std::set<std::int32_t> pids;
    std::map<Observed, Evidence> calls;
    std::map<Observed, Evidence> startup;
    /// For every call in `calls`, where that is asked for.
    std::map<Observed, Callers> callers;
    /// The runtimes that started it, from the log: "runc", "crun", "youki"; several where several containers are one
    /// workload, none where no start was seen.
    std::set<std::string> runtimes;
    /// Names of processes of other workloads that began as copies of one of these and then became something else: by
    /// all signs its children. They run under the same filter, yet their calls are not in `calls`.
    std::set<std::string> started;

    std::uint64_t records() const noexcept;
    Moment first() const noexcept;
    Moment last() const noexcept;
};

/// The workloads of a log, and what belongs to none.
struct Attribution {
    /// In order of name.
    std::vector<Workload> workloads;
    /// How many there are, also where none is kept.
    std::size_t count = 0;
    /// Container runtime start-up whose pid never became anything: its container died, or the log lacks the rest.
    Workload unattributed;
    /// Selection patterns that matched nothing, each with the nearest names that are there.
    struct Unmatched {
        std::string option;
        std::string pattern;
        std::vector<std::string> nearest;
    };
    std::vector<Unmatched> unmatched;
    /// What would be wanted, were it known to be in a container: where containers are asked for, it is in no workload.
    struct Unplaced {
        std::uint64_t records = 0;
        std::uint64_t processes = 0;
        std::set<std::int32_t> pids;
        /// The log names several hosts, so that a pid alone says nothing.
        bool several_hosts = false;
    };
    Unplaced unplaced;
};

/// Whether `comm` is that of a container runtime's own start-up ("runc:[2:INIT]", "crun", "youki:[2:INIT]"), and
/// which; empty when not.
std::string_view runtime_of_comm(std::string_view comm) noexcept;

/// Whether workloads are to know who made each call, which takes more memory than all else of them.
enum class Detail : std::uint8_t { calls, callers };

/// Joins threads to processes and start-up to workloads, selects and groups.
///
/// Shape:  a pure function of merged Observations, so that nothing depends on the order of input.
///         A process is one life of a pid on one host: its images (same exe, any comm) in order of time. The names a
///         process answers to are those it bore after its last exec seen, or all of them where none was seen: what a
///         forked child inherited and then replaced is not its name. What it did before is its own all the same.
///         A pid starts a new life where a runtime's start-up follows something else, or where a new exe follows a
///         pause of more than ten minutes. A process that only bears names of another process's threads, with the same
///         exe, is a fork of that one.
///         A process is in the container whose pids list its own, if its pid had one life and one container only; so is
///         one that no runtime started, if all others that bore the image and name it began with are in one container,
///         and one of those forked before. What that does not settle is `unplaced`.
Attribution attribute(const Observations& observations, GroupBy group_by, const Selection& selection,
                      const std::vector<Container>& containers = {}, Detail detail = Detail::callers);

/// The same, but no workload is kept: `each` is shown one after the other, in order of name.
Attribution attribute(const Observations& observations, GroupBy group_by, const Selection& selection,
                      const std::vector<Container>& containers, Detail detail,
                      const std::function<void(Workload&&)>& each);

}  // namespace scgen
