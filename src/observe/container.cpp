#include "scgen/observe/container.hpp"

#include <algorithm>
#include <map>
#include <utility>

// Files of one node are joined by the containers' ids: one may know names (kubectl), another processes (runc list). What
// two of them say differently of one container is not decided here: it goes by its id then.

namespace scgen {
namespace {

constexpr std::int64_t same_start_ms = 1000;

/// The stays of both, those that began at the same time once.
void join_stays(std::vector<Stay>& known, const std::vector<Stay>& stays) {
    for (const Stay& stay : stays) {
        const auto same = std::find_if(known.begin(), known.end(), [&](const Stay& other) {
            if (other.pid != stay.pid || other.from_ms.has_value() != stay.from_ms.has_value()) return false;
            return !stay.from_ms || std::abs(*stay.from_ms - *other.from_ms) <= same_start_ms;
        });
        if (same == known.end())
            known.push_back(stay);
        else if (stay.until_ms)
            same->until_ms = std::max(stay.until_ms, same->until_ms);
    }
}

/// A label and the digits of an id that programs show; containers that were started again share the first.
std::string described(const Container& container) {
    constexpr std::size_t short_id = 12;
    const std::string label = container_label(container);
    return label == container.id ? label : label + " (" + container.id.substr(0, short_id) + ")";
}

class Joining {
  public:
    void add(const Snapshot& snapshot) {
        for (const Container& container : snapshot.containers) {
            const auto [at, fresh] =
                known_.try_emplace(container.id, Known{container, snapshot.origin, false});
            Container& known = at->second.container;
            if (fresh)
                known.stays.clear();
            else
                join_names(at->second, container, snapshot.origin);
            known.pids.insert(container.pids.begin(), container.pids.end());
            join_stays(known.stays, container.stays);
        }
    }

    Joined finish() {
        for (auto& [id, known] : known_) {
            if (known.doubted)
                known.container.pod_namespace = known.container.pod = known.container.name = {};
            joined_.containers.push_back(std::move(known.container));
        }
        find_shared_pids();
        return std::move(joined_);
    }

  private:
    struct Known {
        Container container;
        std::string origin;  ///< of the names
        bool doubted;
    };

    void join_names(Known& known, const Container& other, const std::string& origin) {
        Container& container = known.container;
        const bool both_in_pods = !container.pod.empty() && !other.pod.empty();
        const bool alike = container.pod.empty() == other.pod.empty();
        const bool other_pod = both_in_pods && pod_label(container) != pod_label(other);
        const bool other_name =
            alike && !container.name.empty() && !other.name.empty() && container.name != other.name;
        if (other_pod || other_name) {
            if (!known.doubted)
                joined_.contradictions.push_back("container " + container.id + " is " +
                                                 container_label(container) + " in " + known.origin +
                                                 " and " + container_label(other) + " in " + origin +
                                                 ": it goes by its id.");
            known.doubted = true;
        }
        const bool better = container.pod.empty() && !other.pod.empty();
        if (better) {
            container.pod_namespace = other.pod_namespace;
            container.pod = other.pod;
            known.origin = origin;
        }
        if (!other.name.empty() && (better || container.name.empty())) container.name = other.name;
    }

    /// Numbers that two containers had, at times that nobody knows.
    void find_shared_pids() {
        std::map<std::int32_t, std::vector<const Container*>> of_pid;
        for (const Container& container : joined_.containers) {
            std::set<std::int32_t> timed;
            for (const Stay& stay : container.stays)
                timed.insert(stay.pid);
            for (const std::int32_t pid : container.pids)
                if (!timed.contains(pid)) of_pid[pid].push_back(&container);
        }
        constexpr std::size_t most = 5;
        std::size_t shared = 0;
        for (const auto& [pid, containers] : of_pid)
            if (containers.size() > 1 && ++shared <= most)
                joined_.contradictions.push_back(
                    "pid " + std::to_string(pid) + " is in " + described(*containers[0]) + " and in " +
                    described(*containers[1]) +
                    ": its records are left out. Were they seen at different times?");
        if (shared > most)
            joined_.contradictions.push_back(std::to_string(shared - most) +
                                             " more pids are in two containers.");
    }

    std::map<std::string, Known> known_;
    Joined joined_;
};

}  // namespace

std::string container_label(const Container& container) {
    const std::string& name = container.name.empty() ? container.id : container.name;
    return container.pod.empty() ? name : pod_label(container) + "/" + name;
}

std::string pod_label(const Container& container) {
    if (container.pod.empty()) return container_label(container);
    return container.pod_namespace + "/" + container.pod;
}

Joined joined(const std::vector<Snapshot>& snapshots) {
    Joining joining;
    for (const Snapshot& snapshot : snapshots)
        joining.add(snapshot);
    return joining.finish();
}

}  // namespace scgen
