#include "processes.hpp"

#include <algorithm>
#include <set>

#include "forks.hpp"
#include "scgen/observe/attribution.hpp"
#include "spans.hpp"

// A subject is a thread name of an image of a pid; a process is one life of that pid. What is known of a
// subject's time is when each of its calls was first and last seen, and its spans. These sightings of all
// subjects of a pid, in order, are cut into lives: where a runtime's start-up comes after something else, and
// where an exe that this life has not had follows a pause.
//
// Subjects are never cut. One that was seen in two lives (every container's start-up has the same names)
// belongs to both, whole: that can give a process calls of its pid's earlier life under the same name, and
// takes none away.
//
// The image a process ended as is the one seen last; by its names it goes. Images that came before it are the
// shell that called exec, or what a forked child was before its own exec: those names are its parent's.

namespace scgen {
namespace {

struct Sighting {
    Moment when;
    /// The end of the span that begins here, or `when`.
    Moment until;
    std::size_t row;
    bool startup;
};

/// A row within a life.
struct Seen {
    std::size_t row;
    Moment first;
    Moment last;
};

bool starts_with(std::string_view text, std::string_view head) noexcept {
    return text.substr(0, head.size()) == head;
}

bool is_runtime_family(std::string_view comm) noexcept {
    return starts_with(comm, "runc") || starts_with(comm, "crun") || starts_with(comm, "youki");
}

/// Takes the start-up from rows that only pretend: a thread of nginx may call itself "crun", but a
/// runtime never shares its exe with what it becomes. (In real logs that exe is "/", and old kernels log
/// none.)
void unmask(Processes& all, std::size_t begin, std::size_t end) {
    std::set<std::string_view> worn;
    for (std::size_t i = begin; i < end; ++i)
        if (!is_runtime_family(all.subject(i).comm)) worn.insert(all.subject(i).exe);
    for (std::size_t i = begin; i < end; ++i) {
        const std::string_view exe = all.subject(i).exe;
        if (!exe.empty() && exe != "/" && worn.count(exe) != 0) all.rows[i].is_startup = false;
    }
}

/// In order of time. Where there is no start-up, no single call can end a life, and spans say all.
std::vector<Sighting> sightings_of(const Processes& from, std::size_t begin, std::size_t end) {
    const std::vector<SubjectRow>& rows = from.rows;
    std::vector<Sighting> all;
    bool any_startup = false;
    for (std::size_t i = begin; i < end; ++i)
        any_startup = any_startup || rows[i].is_startup;
    for (std::size_t i = begin; i < end; ++i) {
        const bool startup = rows[i].is_startup;
        const auto see = [&](const Moment& when, const Moment& until) {
            all.push_back({when, until, i, startup});
        };
        const Evidence all_calls = from.total(i);
        see(all_calls.first, all_calls.first);
        see(all_calls.last, all_calls.last);
        for (const auto& [first, last] : from.observations->spans(rows[i].place)) {
            see(first, last);
            see(last, last);
        }
        if (!any_startup) continue;
        for (const auto& [what, evidence] : from.calls(i)) {
            see(evidence.first, evidence.first);
            see(evidence.last, evidence.last);
        }
    }
    std::sort(all.begin(), all.end(), [](const Sighting& left, const Sighting& right) {
        if (left.when != right.when) return left.when < right.when;
        return left.startup != right.startup ? left.startup : left.row < right.row;
    });
    return all;
}

/// Cuts the sightings of one pid into lives.
class Lives {
  public:
    explicit Lives(const Processes& all) : all_(all) {}

    void see(const Sighting& sighting) {
        const std::string_view image = image_of(all_.subject(sighting.row).exe);
        if (begins_anew(sighting, image)) end_life();
        if (!sighting.startup) images_.insert(image);
        const auto [at, fresh] =
            seen_.try_emplace(sighting.row, Seen{sighting.row, sighting.when, sighting.when});
        if (!fresh) at->second.last = std::max(at->second.last, sighting.when);
        active_until_ = std::max(active_until_, sighting.until);
    }

    std::vector<std::vector<Seen>> finish() {
        end_life();
        return std::move(lives_);
    }

  private:
    bool begins_anew(const Sighting& sighting, std::string_view image) const {
        if (images_.empty()) return false;
        if (sighting.startup) return true;
        return images_.count(image) == 0 && is_pause(active_until_, sighting.when);
    }

    void end_life() {
        std::vector<Seen> life;
        for (const auto& [row, seen] : seen_)
            life.push_back(seen);
        const auto same_rows = [](const Seen& left, const Seen& right) { return left.row == right.row; };
        const bool again = !lives_.empty() && std::equal(life.begin(), life.end(), lives_.back().begin(),
                                                         lives_.back().end(), same_rows);
        if (!life.empty() && !again) lives_.push_back(std::move(life));
        seen_.clear();
        images_.clear();
    }

    const Processes& all_;
    std::map<std::size_t, Seen> seen_;
    std::set<std::string_view> images_;
    Moment active_until_;
    std::vector<std::vector<Seen>> lives_;
};

/// The name a process goes by: that of its program, or the first it bore that it did not inherit.
std::size_t main_row(const Processes& all, const std::vector<Seen>& image,
                     const std::set<std::string_view>& inherited) {
    constexpr std::size_t comm_size = 15;
    const auto rank = [&](const Seen& seen) {
        const SubjectView subject = all.subject(seen.row);
        const std::string_view path = image_of(subject.exe);
        const std::string_view program = path.substr(path.rfind('/') + 1).substr(0, comm_size);
        if (subject.comm == program) return 0;
        return inherited.count(subject.comm) == 0 ? 1 : 2;
    };
    const auto best = std::min_element(image.begin(), image.end(), [&](const Seen& left, const Seen& right) {
        const int left_rank = rank(left);
        const int right_rank = rank(right);
        if (left_rank != right_rank) return left_rank < right_rank;
        return left.first != right.first ? left.first < right.first : left.row < right.row;
    });
    return best->row;
}

/// Adds a life as a process: finds the image that was seen last and what it is called.
void add_process(Processes& all, const std::vector<Seen>& life) {
    std::vector<std::uint32_t>& rows = all.rows_of_processes;
    const auto end = [&rows] { return static_cast<std::uint32_t>(rows.size()); };
    Process process;
    const Seen* newest = nullptr;
    process.first = PackedMoment(life.front().first);
    process.rows_begin = end();
    for (const Seen& seen : life) {
        rows.push_back(static_cast<std::uint32_t>(seen.row));
        process.first = std::min(process.first, PackedMoment(seen.first));
        process.last = std::max(process.last, PackedMoment(seen.last));
        if (all.rows[seen.row].is_startup) continue;
        if (newest == nullptr || newest->last < seen.last) newest = &seen;
    }
    process.rows_end = end();
    process.only_startup = newest == nullptr;
    std::vector<Seen> image;
    std::set<std::string_view> inherited;
    for (const Seen& seen : life) {
        const SubjectView subject = all.subject(seen.row);
        const bool startup = all.rows[seen.row].is_startup;
        if (process.only_startup ||
            (!startup && image_of(subject.exe) == image_of(all.subject(newest->row).exe))) {
            image.push_back(seen);
        } else if (!startup) {
            inherited.insert(subject.comm);
            process.execed = true;
        }
    }
    // Most have no rows but those.
    process.named_begin = image.size() == life.size() ? process.rows_begin : end();
    if (image.size() < life.size())
        for (const Seen& seen : image)
            rows.push_back(static_cast<std::uint32_t>(seen.row));
    process.named_end = end();
    process.main = static_cast<std::uint32_t>(main_row(all, image, inherited));
    all.processes.push_back(process);
}

}  // namespace

std::string_view image_of(std::string_view exe) noexcept {
    constexpr std::string_view deleted = " (deleted)";
    if (exe.size() > deleted.size() && exe.substr(exe.size() - deleted.size()) == deleted)
        exe.remove_suffix(deleted.size());
    return exe;
}

Processes join_processes(const Observations& observations) {
    Processes all{&observations};
    {
        const std::vector<std::uint32_t> places = observations.places();
        all.rows.reserve(places.size());
        all.rows_of_processes.reserve(places.size());
        for (const std::uint32_t place : places)
            all.rows.push_back({place, !runtime_of_comm(observations.subject(place).comm).empty()});
    }
    for (std::size_t begin = 0, end = 0; begin < all.rows.size(); begin = end) {
        const SubjectView subject = all.subject(begin);
        while (end < all.rows.size() && all.subject(end).pid == subject.pid &&
               all.subject(end).host == subject.host)
            ++end;
        unmask(all, begin, end);
        Lives lives(all);
        for (const Sighting& sighting : sightings_of(all, begin, end))
            lives.see(sighting);
        for (const auto& life : lives.finish())
            add_process(all, life);
    }
    find_forks(all);
    return all;
}

}  // namespace scgen
