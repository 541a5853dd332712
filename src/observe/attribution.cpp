#include "scgen/observe/attribution.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "placement.hpp"
#include "processes.hpp"
#include "selection.hpp"

namespace scgen {
namespace {

/// Indices into Processes::rows.
using Rows = std::vector<std::uint32_t>;

/// What goes into one workload: each row once, though two lives of a pid may share it.
struct Group {
    Rows rows;
    Rows named;
    std::set<std::string> processes;
    std::set<std::string> started;
};

void put(Group& group, const Processes& all, const Process& process) {
    group.processes.emplace(all.subject(process.main).comm);
    const auto rows = all.rows_of(process), named = all.named_rows_of(process);
    group.rows.insert(group.rows.end(), rows.begin(), rows.end());
    group.named.insert(group.named.end(), named.begin(), named.end());
}

Rows each_once(Rows rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

std::string group_name(const Processes& all, std::size_t process, GroupBy group_by,
                       const Container* container) {
    const SubjectView main = all.subject(all.processes[process].main);
    switch (group_by) {
        case GroupBy::all: return "all";
        case GroupBy::comm: return std::string(main.comm);
        case GroupBy::exe: return std::string(image_of(main.exe));
        case GroupBy::pid: return std::to_string(main.pid);
        case GroupBy::subj: return std::string(main.subj);
        case GroupBy::container: return container_label(*container);
        case GroupBy::pod: return pod_label(*container);
    }
    return {};
}

/// The image that a process had when it began, where it has become another since; nothing for the first process of a
/// container, which a runtime began.
std::optional<ImageKey> inherited_image(const Processes& all, const Process& process) {
    if (!process.execed) return std::nullopt;
    std::optional<std::size_t> first;
    const auto named_rows = all.named_rows_of(process);
    for (const std::size_t row : all.rows_of(process)) {
        if (all.rows[row].is_startup) return std::nullopt;
        const bool named = std::find(named_rows.begin(), named_rows.end(), row) != named_rows.end();
        if (!named && (!first || all.total(row).first < all.total(*first).first)) first = row;
    }
    return first ? std::optional(image_key(all.subject(*first))) : std::nullopt;
}

/// Tells each group which processes outside it began as copies of its own.
void find_children(const Processes& all, const std::vector<const Group*>& group_of,
                   std::map<std::string, Group>& groups) {
    const auto is_first = [&group_of](const Group* group) { return group == group_of.front(); };
    if (std::all_of(group_of.begin(), group_of.end(), is_first)) return;
    std::map<ImageKey, std::set<Group*>> bearers;
    for (auto& [name, group] : groups)
        for (const std::size_t row : group.named)
            bearers[image_key(all.subject(row))].insert(&group);
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        const auto image = inherited_image(all, all.processes[i]);
        const auto found = image ? bearers.find(*image) : bearers.end();
        if (found == bearers.end()) continue;
        for (Group* parent : found->second)
            if (parent != group_of[i]) parent->started.emplace(all.subject(all.processes[i].main).comm);
    }
}

void add_caller(Callers& callers, const SubjectView& subject, const Evidence& evidence, bool same_process) {
    if (callers.processes == 0 || evidence.first < callers.first_at) {
        callers.first_pid = subject.pid;
        callers.first_comm = subject.comm;
        callers.first_at = evidence.first;
    }
    if (!same_process) {
        ++callers.processes;
        if (callers.pids.size() < Callers::most) callers.pids.push_back(subject.pid);
    }
    if (callers.comms.size() < Callers::most)
        callers.comms.emplace(subject.comm);
    else if (!callers.comms.contains(std::string(subject.comm)))
        callers.more_comms = true;
}

void add_callers(Workload& workload, const Processes& all, const Rows& rows) {
    // Rows are in the order of host and pid, so those of one process follow one another.
    std::map<Observed, std::size_t> last_caller;
    for (const std::size_t row : rows) {
        const SubjectView subject = all.subject(row);
        for (const auto& [what, evidence] : all.calls(row)) {
            const auto [last, first_time] = last_caller.try_emplace(what, row);
            const SubjectView before = all.subject(last->second);
            add_caller(workload.callers[what], subject, evidence,
                       !first_time && before.pid == subject.pid && before.host == subject.host);
            last->second = row;
        }
    }
}

Workload workload_of(const Processes& all, Group group, std::string name, Detail detail) {
    Workload workload;
    workload.name = std::move(name);
    workload.processes = std::move(group.processes);
    workload.started = std::move(group.started);
    for (const std::size_t row : each_once(std::move(group.named))) {
        const SubjectView subject = all.subject(row);
        workload.comms.emplace(subject.comm);
        workload.exes.emplace(subject.exe);
        workload.subjs.emplace(subject.subj);
        workload.pids.insert(subject.pid);
    }
    const Rows rows = each_once(std::move(group.rows));
    for (const std::size_t row : rows) {
        const bool startup = all.rows[row].is_startup;
        if (startup) workload.runtimes.emplace(runtime_of_comm(all.subject(row).comm));
        for (const auto& [what, evidence] : all.calls(row)) {
            workload.calls[what].add(evidence);
            if (startup) workload.startup[what].add(evidence);
        }
    }
    if (detail == Detail::callers) add_callers(workload, all, rows);
    return workload;
}

Evidence sum(const std::map<Observed, Evidence>& calls) noexcept {
    Evidence all;
    for (const auto& [what, evidence] : calls)
        all.add(evidence);
    return all;
}

/// Takes what is in no container known out of `choice`, and counts it. Whoever asks for names may mean what is known by a
/// label alone.
Attribution::Unplaced leave_unplaced(Wanted& choice, const Processes& all, const Placement& placement,
                                     const Selection& selection) {
    const auto is_known = [&selection](const Container* container) {
        return container != nullptr && (!container->id.empty() || fits(selection, container));
    };
    Attribution::Unplaced unplaced;
    unplaced.several_hosts = placement.several_hosts;
    Rows rows;
    std::set<std::int32_t> pids;
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        const Process& process = all.processes[i];
        if (!choice.wanted[i] || process.only_startup || is_known(placement.container_of[i])) continue;
        choice.wanted[i] = false;
        ++unplaced.processes;
        pids.insert(all.subject(process.main).pid);
        const auto own = all.rows_of(process);
        rows.insert(rows.end(), own.begin(), own.end());
    }
    for (const std::size_t row : each_once(std::move(rows)))
        unplaced.records += all.total(row).count;
    unplaced.pids = std::move(pids);
    return unplaced;
}

}  // namespace

std::uint64_t Workload::records() const noexcept {
    return sum(calls).count;
}
Moment Workload::first() const noexcept {
    return sum(calls).first;
}
Moment Workload::last() const noexcept {
    return sum(calls).last;
}

std::string_view runtime_of_comm(std::string_view comm) noexcept {
    const auto begins_with = [comm](std::string_view head) { return comm.substr(0, head.size()) == head; };
    if (begins_with("runc:[")) return "runc";
    if (begins_with("youki:[")) return "youki";
    if (comm == "crun" || comm == "crun-init") return "crun";
    return {};
}

bool by_container(GroupBy group_by, const Selection& selection) noexcept {
    return group_by == GroupBy::container || group_by == GroupBy::pod || !selection.container.empty() ||
           !selection.pod.empty();
}

Attribution attribute(const Observations& observations, GroupBy group_by, const Selection& selection,
                      const std::vector<Container>& containers, Detail detail) {
    std::vector<Workload> workloads;
    Attribution attribution =
        attribute(observations, group_by, selection, containers, detail,
                  [&workloads](Workload&& workload) { workloads.push_back(std::move(workload)); });
    attribution.workloads = std::move(workloads);
    return attribution;
}

Attribution attribute(const Observations& observations, GroupBy group_by, const Selection& selection,
                      const std::vector<Container>& containers, Detail detail,
                      const std::function<void(Workload&&)>& each) {
    Processes all = join_processes(observations);
    Wanted choice = choose(all, selection);
    const Placement placement = place(all, containers);
    Attribution attribution;
    if (by_container(group_by, selection)) {
        attribution.unplaced = leave_unplaced(choice, all, placement, selection);
        narrow_by_containers(choice, all, selection, placement);
    }
    std::map<std::string, Group> groups;
    std::vector<const Group*> group_of(all.processes.size());
    Group unattributed;
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        if (choice.wanted[i]) {
            const std::size_t root = root_of(all, i);
            Group& group =
                groups[group_name(all, choice.wanted[root] ? root : i, group_by, placement.container_of[i])];
            put(group, all, all.processes[i]);
            group_of[i] = &group;
        } else if (all.processes[i].only_startup) {
            put(unattributed, all, all.processes[i]);
        }
    }
    find_children(all, group_of, groups);
    // All that is needed of them is in the groups.
    all.processes.clear();
    all.rows_of_processes = {};
    attribution.count = groups.size();
    for (; !groups.empty(); groups.erase(groups.begin())) {
        auto& [name, group] = *groups.begin();
        each(workload_of(all, std::move(group), name, detail));
    }
    attribution.unattributed = workload_of(all, std::move(unattributed), {}, Detail::calls);
    attribution.unmatched = std::move(choice.unmatched);
    return attribution;
}

}  // namespace scgen
