#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scgen/audit/process_events.hpp"
#include "scgen/observe/cgroup.hpp"
#include "scgen/observe/container.hpp"

namespace scgen {

/// The containers of a node, as its files tell of them.
struct NodeContainers {
    /// In order of id. Those that only their processes' cgroups tell of have no name.
    std::vector<Container> containers;
    /// Processes whose cgroup this user may not read.
    std::uint64_t unreadable = 0;
    /// Folders of runtimes' state that this user may not read: names are missing.
    std::vector<std::string> hidden;
    /// What is wrong with files of runtimes' state.
    std::set<std::string> faults;
    /// Groups in containers that name another container, whose processes are not in it.
    std::set<std::string> pretended;
    /// Lives that there was no room for.
    std::uint64_t forgotten = 0;
    /// Whether the process numbers are surely not the node's own, but those of a pid namespace.
    bool inner_pids = false;
};

/// Keeps who is in which container on a node while processes come and go.
///
/// Shape:  a process is where its control group says, looked up when it is first seen and when it starts a program; a
///         child that ended before is where its parent was. Names, as processes give them to themselves, count for
///         nothing.
///         A group with the id of a container counts only where that container is: what a container's groups say of
///         containers outside of it does not.
/// Units:  times in milliseconds since the Unix epoch.
/// Errors: Error from scan() where `root` has no processes to list.
class Roster {
  public:
    /// `root` is where the node's / is.
    explicit Roster(std::string root);
    ~Roster();

    /// Looks at all processes that run at `now_ms`: whoever is new, and whoever is gone since the last time. With `afresh`
    /// those that are known are looked at again, as their numbers may have been given to others meanwhile.
    void scan(std::int64_t now_ms, bool afresh);
    void take(const ProcessEvent& event);
    /// Looks at a process that a record of `time_ms` names, if it is not known, or is `starting` a container. One that
    /// began after the record is another one.
    void look(std::int32_t pid, std::int64_t time_ms, bool starting);

    /// The container that a process was in then; null where that is not known. Lives until the next call of anything.
    const Container* find(std::int32_t pid, std::int64_t time_ms) const;

    /// Whether a process of this number runs, or did in a container.
    bool knows(std::int32_t pid) const noexcept { return lives_.contains(pid); }

    /// Gives containers the names that the node's files have for them by now.
    void name_containers();

    /// All containers that were seen, with all their processes.
    NodeContainers containers() const;
    /// Grows whenever containers() changes in more than names.
    std::uint64_t changes() const noexcept { return changes_; }

  private:
    /// One use of a number.
    struct Life {
        Container* container = nullptr;
        std::optional<std::int64_t> from_ms = {};
        /// Set once its first thread has ended; another may go on.
        std::optional<std::int64_t> until_ms = {};
        /// The number of the scan that saw it last.
        std::uint64_t seen = 0;
    };
    class Names;

    Life& begin_life(std::int32_t pid, std::optional<std::int64_t> from_ms);
    void end_life(std::int32_t pid, std::int64_t when_ms);
    void close(std::int32_t pid, const Life& life);
    void take_fork(const ProcessEvent& event);
    void see(std::int32_t pid, std::int64_t now_ms, bool afresh,
             std::vector<std::pair<Life*, CgroupPlace>>& places);
    void look_up(std::int32_t pid, Life& life);
    void put(Life& life, Container* container);
    void name(Container& container);
    void name_early(Container& container);
    std::optional<CgroupPlace> place_of(std::int32_t pid);
    Container* container_of(const CgroupPlace& place);
    std::optional<std::int64_t> start_of(std::int32_t pid) const;

    std::string root_;
    std::int64_t boot_ms_;
    std::unique_ptr<Names> names_;
    /// By id; nodes of a map stay where they are.
    std::map<std::string, Container> containers_;
    /// The containers that each is in, the outermost first: the shortest way that was seen.
    std::map<std::string, std::vector<std::string>> outer_;
    std::map<std::string, std::string> pod_uids_;
    std::map<const Container*, int> naming_tries_;
    /// The last life of each number: those that run, and those in containers that have ended.
    std::unordered_map<std::int32_t, Life> lives_;
    /// Earlier lives in containers.
    std::unordered_map<std::int32_t, std::vector<std::pair<Container*, Stay>>> ended_;
    std::size_t kept_ = 0;
    std::uint64_t scans_ = 0;
    std::uint64_t changes_ = 1;
    NodeContainers found_;
};

}  // namespace scgen
