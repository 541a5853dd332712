#include "placement.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/observe/owners.hpp"

// A pid places a process where it is in one container only, and had one life in the log, or one within the times that
// the container had it: which of two lives a snapshot without times saw, it does not say.
//
// Records name no parent. But a child is born with its parent's image and thread name, and with its filter, so that
// a parent's records are in the log if its child's are. Hence: a process that no runtime started is in container C if
// all others that ever bore what it was born as are in C, and one of them forked before it was seen. A single bearer
// elsewhere, or one of unknown place, or a child that was seen before any fork leaves all of them open. Children so
// placed may place their own; each round is a generation.

namespace scgen {
namespace {

/// Children of more generations than this stay where nothing is known of them.
constexpr int most_generations = 16;

bool forks(const Syscall& syscall) {
    const auto name = syscall_name(syscall);
    return name && (*name == "fork" || *name == "vfork" || *name == "clone" || *name == "clone3");
}

/// The processes that bore one image and name.
struct Bearers {
    std::set<std::size_t> processes;
    std::vector<std::size_t> born;
};

class Births {
  public:
    Births(const Processes& all, std::vector<const Container*>& container_of)
        : all_(all), container_of_(container_of) {
        for (std::size_t i = 0; i < all.processes.size(); ++i) {
            const Process& process = all.processes[i];
            for (const std::size_t row : all.rows_of(process))
                if (!all.rows[row].is_startup) bearers_[image_key(all.subject(row))].processes.insert(i);
            if (const auto row = birth_of(process)) bearers_[image_key(all.subject(*row))].born.push_back(i);
        }
    }

    void follow() {
        bool placed = true;
        for (int generation = 0; placed && generation < most_generations; ++generation) {
            placed = false;
            for (const auto& [image, bearers] : bearers_)
                placed = place_born(image, bearers) || placed;
        }
    }

  private:
    /// The row that a process without a runtime's start-up began as.
    std::optional<std::size_t> birth_of(const Process& process) const {
        std::optional<std::size_t> first;
        for (const std::size_t row : all_.rows_of(process)) {
            if (all_.rows[row].is_startup) return std::nullopt;
            if (!first || all_.total(row).first < all_.total(*first).first) first = row;
        }
        return first;
    }

    /// The one container that all bearers are in but those whose place is asked.
    const Container* container_of(const Bearers& bearers) const {
        const std::set<std::size_t> born(bearers.born.begin(), bearers.born.end());
        const Container* only = nullptr;
        for (const std::size_t process : bearers.processes) {
            const Container* const container = container_of_[process];
            if (container == nullptr && born.contains(process)) continue;
            if (container == nullptr || (only != nullptr && only != container)) return nullptr;
            only = container;
        }
        return only;
    }

    /// When one of the placed bearers was first seen to fork under this image and name.
    std::optional<Moment> first_fork(const ImageKey& image, const Bearers& bearers) const {
        std::optional<Moment> first;
        for (const std::size_t process : bearers.processes) {
            if (container_of_[process] == nullptr) continue;
            for (const std::size_t row : all_.rows_of(all_.processes[process])) {
                if (image_key(all_.subject(row)) != image) continue;
                for (const auto& [what, evidence] : all_.calls(row))
                    if (forks(what.syscall) && (!first || evidence.first < *first)) first = evidence.first;
            }
        }
        return first;
    }

    bool place_born(const ImageKey& image, const Bearers& bearers) {
        std::vector<std::size_t> open;
        for (const std::size_t process : bearers.born)
            if (container_of_[process] == nullptr) open.push_back(process);
        if (open.empty()) return false;
        const Container* const container = container_of(bearers);
        if (container == nullptr) return false;
        const auto fork = first_fork(image, bearers);
        const auto was_forked = [&](std::size_t process) {
            return fork && *fork <= all_.total(*birth_of(all_.processes[process])).first;
        };
        if (!std::all_of(open.begin(), open.end(), was_forked)) return false;
        for (const std::size_t process : open)
            container_of_[process] = container;
        return true;
    }

    const Processes& all_;
    std::vector<const Container*>& container_of_;
    std::map<ImageKey, Bearers> bearers_;
};

/// A claim is for one life: of two that may be meant, neither is placed.
void place_by_pids(const Processes& all, const std::vector<Container>& containers, Placement& placement) {
    const PidOwners owners(containers);
    std::map<std::pair<const PidOwners::Claim*, std::string_view>, std::vector<std::size_t>> claimed;
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        const Process& process = all.processes[i];
        const SubjectView subject = all.subject(process.main);
        const auto* const claim =
            owners.find(subject.pid, process.first.unpacked().time_ms, process.last.unpacked().time_ms);
        if (claim != nullptr) claimed[{claim, subject.host}].push_back(i);
    }
    for (const auto& [key, processes] : claimed)
        if (processes.size() == 1) placement.container_of[processes.front()] = key.first->container;
}

std::string_view cut(std::string_view& text, char end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

/// The level of a container's SELinux label, "s0:c1,c2"; empty where it is no container's or tells none from another.
///
/// Source: the containers' types of container-selinux; two categories are drawn for each by docker, podman and CRI
///         runtimes (selinux.InitContainerLabels).
std::string_view container_level(std::string_view label) {
    cut(label, ':');
    cut(label, ':');
    const std::string_view type = cut(label, ':');
    if (!type.starts_with("container_") && type != "svirt_lxc_net_t") return {};
    std::string_view categories = label;
    const auto is_number = [](std::string_view text, char letter) {
        return text.size() > 1 && text.front() == letter &&
               text.find_first_not_of("0123456789", 1) == std::string_view::npos;
    };
    const bool two = is_number(cut(categories, ':'), 's') && is_number(cut(categories, ','), 'c') &&
                     is_number(categories, 'c');
    return two ? label : std::string_view();
}

/// Where nothing else tells of a container, its SELinux label does, as a name of its own: containers of one pod share a
/// label, so that nothing is added to one that is known by its id.
void place_by_labels(const Processes& all, Placement& placement) {
    const auto level_of = [&all](std::size_t i) {
        return container_level(all.subject(all.processes[i].main).subj);
    };
    std::set<std::string_view> known;
    for (std::size_t i = 0; i < all.processes.size(); ++i)
        if (placement.container_of[i] != nullptr) known.insert(level_of(i));
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        const std::string level(level_of(i));
        if (placement.container_of[i] != nullptr || level.empty() || known.contains(level)) continue;
        const Container named{{}, {}, {}, "SELinux " + level, {}};
        placement.container_of[i] = &placement.labelled.try_emplace(level, named).first->second;
    }
}

}  // namespace

Placement place(const Processes& all, const std::vector<Container>& containers) {
    Placement placement{std::vector<const Container*>(all.processes.size())};
    if (containers.empty()) return placement;
    std::set<std::string_view> hosts;
    for (std::size_t row = 0; row < all.rows.size(); ++row)
        if (const std::string_view host = all.subject(row).host; !host.empty()) hosts.insert(host);
    placement.several_hosts = hosts.size() > 1;
    if (placement.several_hosts) return placement;
    place_by_pids(all, containers, placement);
    Births(all, placement.container_of).follow();
    place_by_labels(all, placement);
    return placement;
}

}  // namespace scgen
