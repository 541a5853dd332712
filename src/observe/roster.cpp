#include "scgen/observe/roster.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <tuple>
#include <utility>

#include "kubelet_logs.hpp"
#include "proc_file.hpp"
#include "runtime_state.hpp"
#include "scgen/error.hpp"

// A life is one use of a process number. It begins with a fork, or when it is first seen, and then with what
// /proc/PID/stat says; it ends with the exit of its last thread, or when it is seen no more. A container's processes are
// born in two ways: of others in it, or as a runtime's child, which is moved into its group before it becomes anything
// (runc moves its first child, before that forks; crun the one that becomes the container). So whoever is in no container
// is looked up with each thing that it is heard to do.

namespace scgen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_cgroup = 65'536;
constexpr std::size_t most_lives = 2'000'000;
constexpr std::int64_t slack_ms = 1000;
/// As long as a runtime may take to move a process that it has begun.
constexpr std::int64_t young_ms = 2000;

std::optional<std::int32_t> pid_of(std::string_view name) {
    constexpr std::size_t most_digits = 9;
    std::int32_t pid = 0;
    if (name.empty() || name.size() > most_digits) return std::nullopt;
    for (const char c : name) {
        if (c < '0' || c > '9') return std::nullopt;
        pid = pid * 10 + (c - '0');
    }
    return pid;
}

/// When the clock of /proc/PID/stat was 0.
std::int64_t clock_begin_ms() noexcept {
    constexpr std::int64_t ms_in_s = 1000, ns_in_ms = 1'000'000;
    timespec boot{}, real{};
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    ::clock_gettime(CLOCK_REALTIME, &real);
    return (real.tv_sec - boot.tv_sec) * ms_in_s + (real.tv_nsec - boot.tv_nsec) / ns_in_ms;
}

bool has_inner_pids(const fs::path& proc) {
    std::error_code unknown;
    const std::string space = fs::read_symlink(proc / "1/ns/pid", unknown).string();
    return !unknown && space != "pid:[4026531836]";
}

}  // namespace

/// What containers are called.
class Roster::Names {
  public:
    explicit Names(const std::string& root) : root_(root), state_(root) {}

    const ContainerIds& ids(std::vector<std::string>& hidden) {
        if (const auto version = state_.version(); ids_.empty() || version != version_) {
            hidden.clear();
            ids_ = state_.ids(hidden);
            version_ = version;
        }
        return ids_;
    }

    /// Gives a container the names that it lacks and that are to be had now.
    void take(Container& container, const std::string& pod_uid, std::set<std::string>& faults) {
        if (container.name.empty()) state_.take_names(container, faults);
        if (!container.name.empty() && !container.pod.empty()) return;
        constexpr std::chrono::seconds lasting{1};  // they are many, and change with containers
        if (!logs_ || Clock::now() - read_at_ > lasting) read_logs();
        logs_->take_names(container, pod_uid);
    }

  private:
    using Clock = std::chrono::steady_clock;

    void read_logs() {
        logs_.emplace(root_);
        read_at_ = Clock::now();
    }

    std::string root_;
    RuntimeState state_;
    RuntimeState::Version version_;
    ContainerIds ids_;
    std::optional<KubeletLogs> logs_;
    Clock::time_point read_at_{};
};

Roster::Roster(std::string root)
    : root_(std::move(root)), boot_ms_(clock_begin_ms()), names_(std::make_unique<Names>(root_)) {}
Roster::~Roster() = default;

std::optional<std::int64_t> Roster::start_of(std::int32_t pid) const {
    constexpr std::size_t longest_stat = 4096;
    const auto stat = read_proc_file(root_ + "/proc/" + std::to_string(pid) + "/stat", longest_stat);
    const auto ticks = stat ? start_ticks(*stat) : std::nullopt;
    if (!ticks) return std::nullopt;
    constexpr std::int64_t ms_in_s = 1000;
    return boot_ms_ + static_cast<std::int64_t>(*ticks) * ms_in_s / ::sysconf(_SC_CLK_TCK);
}

/// Where /proc says that a process is; nothing where it is no more.
std::optional<CgroupPlace> Roster::place_of(std::int32_t pid) {
    const auto text = read_proc_file(root_ + "/proc/" + std::to_string(pid) + "/cgroup", longest_cgroup);
    if (!text) {
        if (errno == EACCES) ++found_.unreadable;
        return std::nullopt;
    }
    CgroupPlace place = read_cgroup(*text);
    if (place.ids.empty()) place = read_cgroup(*text, names_->ids(found_.hidden));
    for (std::size_t depth = 0; depth < place.ids.size(); ++depth) {
        const std::vector<std::string> outer(place.ids.begin(),
                                             place.ids.begin() + static_cast<std::ptrdiff_t>(depth));
        const auto [at, fresh] = outer_.try_emplace(place.ids[depth], outer);
        if (!fresh && at->second != outer) found_.pretended.insert(at->first);
        if (outer.size() < at->second.size()) at->second = outer;
    }
    return place;
}

/// The innermost container that the place may claim to be in; null for none.
Container* Roster::container_of(const CgroupPlace& place) {
    std::vector<std::string> outer = place.ids;
    while (!outer.empty()) {
        const std::string id = std::move(outer.back());
        outer.pop_back();
        if (outer_.at(id) != outer) continue;
        const auto [container, fresh] = containers_.try_emplace(id, Container{id, {}, {}, {}, {}});
        if (fresh && !place.pod_uid.empty()) pod_uids_[id] = place.pod_uid;
        return &container->second;
    }
    return nullptr;
}

/// What is no more stays where it was.
void Roster::look_up(std::int32_t pid, Life& life) {
    const auto place = place_of(pid);
    Container* const container = place ? container_of(*place) : nullptr;
    put(life, container);
}

/// What is known of a life is not forgotten where nothing is found.
void Roster::put(Life& life, Container* container) {
    if (container == nullptr || container == life.container) return;
    life.container = container;
    ++changes_;
}

Roster::Life& Roster::begin_life(std::int32_t pid, std::optional<std::int64_t> from_ms) {
    Life& life = lives_[pid];
    close(pid, life);
    life = {};
    life.from_ms = from_ms;
    return life;
}

/// Keeps a life of which the number is given to another.
void Roster::close(std::int32_t pid, const Life& life) {
    if (life.container == nullptr) return;
    if (++kept_ > most_lives) {
        ++found_.forgotten;
        return;
    }
    ended_[pid].push_back({life.container, {pid, life.from_ms, life.until_ms}});
}

void Roster::end_life(std::int32_t pid, std::int64_t when_ms) {
    const auto found = lives_.find(pid);
    if (found == lives_.end()) return;
    if (found->second.container == nullptr) {
        lives_.erase(found);
        return;
    }
    found->second.until_ms = when_ms;
    ++changes_;
}

void Roster::take_fork(const ProcessEvent& event) {
    const auto known = lives_.find(event.pid);
    const bool runs = known != lives_.end() && !known->second.until_ms;
    // A scan may have come before the news.
    const bool same =
        runs && known->second.from_ms && std::abs(*known->second.from_ms - event.time_ms) <= slack_ms;
    if (runs && !same) known->second.until_ms = event.time_ms;
    Life& life = same ? known->second : begin_life(event.pid, event.time_ms);
    if (life.container != nullptr) return;
    const auto parent = lives_.find(event.parent);
    if (parent != lives_.end()) put(life, parent->second.container);
    if (life.container != nullptr) return;
    look_up(event.pid, life);
    if (life.container != nullptr || parent == lives_.end()) return;
    // It may be gone already, and its parent have been moved since it was looked up.
    look_up(event.parent, parent->second);
    put(life, parent->second.container);
}

void Roster::take(const ProcessEvent& event) {
    const auto known = lives_.find(event.pid);
    switch (event.kind) {
        case ProcessEvent::Kind::fork: take_fork(event); return;
        case ProcessEvent::Kind::exec:
        case ProcessEvent::Kind::change: {
            Life& life = known != lives_.end() ? known->second : begin_life(event.pid, start_of(event.pid));
            // A thread that starts a program ends the first one and takes its number.
            if (event.kind == ProcessEvent::Kind::exec) life.until_ms.reset();
            if (event.kind == ProcessEvent::Kind::exec || life.container == nullptr) look_up(event.pid, life);
            if (event.kind == ProcessEvent::Kind::exec && life.container != nullptr)
                name_early(*life.container);
            return;
        }
        case ProcessEvent::Kind::exit:
            // Threads may outlast the first one.
            if (!event.thread || (known != lives_.end() && known->second.until_ms))
                end_life(event.pid, event.time_ms);
            return;
    }
}

/// A runtime writes of a container before the first program in it begins, and forgets it when that ends, which may be soon.
void Roster::name_early(Container& container) {
    constexpr int most_tries = 16;
    if (container.name.empty() && ++naming_tries_[&container] <= most_tries) name(container);
}

void Roster::look(std::int32_t pid, std::int64_t time_ms, bool starting) {
    const auto known = lives_.find(pid);
    if (known != lives_.end() && (!known->second.until_ms || *known->second.until_ms + slack_ms >= time_ms)) {
        if (starting && known->second.container == nullptr) look_up(pid, known->second);
        return;
    }
    const auto start = start_of(pid);
    if (start && *start <= time_ms + slack_ms) look_up(pid, begin_life(pid, start));
}

const Container* Roster::find(std::int32_t pid, std::int64_t time_ms) const {
    const auto was_then = [time_ms](std::optional<std::int64_t> from_ms,
                                    std::optional<std::int64_t> until_ms) {
        return (!from_ms || *from_ms <= time_ms + slack_ms) && (!until_ms || time_ms <= *until_ms + slack_ms);
    };
    const Container* found = nullptr;
    const auto life = lives_.find(pid);
    if (life != lives_.end() && was_then(life->second.from_ms, life->second.until_ms))
        found = life->second.container;
    const auto earlier = ended_.find(pid);
    if (earlier == ended_.end()) return found;
    for (const auto& [container, stay] : earlier->second) {
        if (!was_then(stay.from_ms, stay.until_ms)) continue;
        if (found != nullptr && found != container) return nullptr;
        found = container;
    }
    return found;
}

void Roster::scan(std::int64_t now_ms, bool afresh) {
    const std::string folder = root_ + "/proc";
    const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir(folder.c_str()), ::closedir);
    if (!proc)
        throw Error(folder + ": list the processes: " + std::strerror(errno) +
                    "; --root takes the folder in which the node's / is");
    found_.unreadable = 0;
    ++scans_;
    std::vector<std::pair<Life*, CgroupPlace>> places;
    while (const dirent* const entry = ::readdir(proc.get()))
        if (const auto pid = pid_of(entry->d_name)) see(*pid, now_ms, afresh, places);
    for (const auto& [life, place] : places)
        put(*life, container_of(place));
    std::vector<std::int32_t> gone;
    for (const auto& [pid, life] : lives_)
        if (life.seen != scans_ && !life.until_ms) gone.push_back(pid);
    for (const std::int32_t pid : gone)
        end_life(pid, now_ms);
    found_.inner_pids = has_inner_pids(folder);
}

/// Sees a process in a scan; where it is, is added to `places` where that has to be found out: all groups must be known
/// before any may claim to be a container.
void Roster::see(std::int32_t pid, std::int64_t now_ms, bool afresh,
                 std::vector<std::pair<Life*, CgroupPlace>>& places) {
    const auto known = lives_.find(pid);
    Life* life = known != lives_.end() && !known->second.until_ms ? &known->second : nullptr;
    bool wanted = true;
    if (life != nullptr && !afresh) {
        wanted = life->container == nullptr && life->from_ms && now_ms - *life->from_ms < young_ms;
    } else {
        const auto start = start_of(pid);
        const bool same =
            life != nullptr && start && life->from_ms && std::abs(*start - *life->from_ms) <= slack_ms;
        if (life != nullptr && !same) life->until_ms = now_ms;
        if (!same) life = &begin_life(pid, start);
    }
    life->seen = scans_;
    if (!wanted) return;
    if (auto place = place_of(pid)) places.emplace_back(life, std::move(*place));
}

void Roster::name_containers() {
    for (auto& [id, container] : containers_)
        name(container);
}

void Roster::name(Container& container) {
    const auto pod_uid = pod_uids_.find(container.id);
    names_->take(container, pod_uid == pod_uids_.end() ? "" : pod_uid->second, found_.faults);
}

NodeContainers Roster::containers() const {
    std::map<const Container*, Container> filled;
    for (const auto& [id, container] : containers_)
        filled[&container] = container;
    const auto add = [&filled](const Container* container, const Stay& stay) {
        Container& into = filled.at(container);
        into.pids.insert(stay.pid);
        if (stay.from_ms || stay.until_ms) into.stays.push_back(stay);
    };
    for (const auto& [pid, stays] : ended_)
        for (const auto& [container, stay] : stays)
            add(container, stay);
    for (const auto& [pid, life] : lives_)
        if (life.container != nullptr) add(life.container, {pid, life.from_ms, life.until_ms});
    NodeContainers found = found_;
    for (const auto& [id, container] : containers_) {
        Container& each = filled.at(&container);
        std::sort(each.stays.begin(), each.stays.end(), [](const Stay& left, const Stay& right) {
            return std::tie(left.pid, left.from_ms) < std::tie(right.pid, right.from_ms);
        });
        found.containers.push_back(std::move(each));
    }
    return found;
}

}  // namespace scgen
