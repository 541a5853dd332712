#include "forks.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string_view>
#include <tuple>

// Processes with the same host, image and names (a pool of workers, a hundred thousand in a hostile log) are
// looked at as one Kind. For each kind, those that could be its parent are found by the first of its names;
// as a parent bears more names than its forks, going from parent to parent ends.

namespace scgen {
namespace {

/// More kinds of parents with one thread name than this are not looked at: their forks stand for themselves.
constexpr std::size_t most_candidates = 64;

using Names = std::vector<std::string_view>;

/// Host, image, names in order, each once, and the main one.
using KindKey = std::tuple<std::string_view, std::string_view, Names, std::string_view>;

struct Kind {
    const KindKey* key;
    /// In order of first sight.
    std::vector<std::uint32_t> members;
    std::vector<std::uint32_t> candidates;

    const Names& names() const noexcept { return std::get<2>(*key); }
    std::string_view main() const noexcept { return std::get<3>(*key); }
};

using ThreadKey = std::tuple<std::string_view, std::string_view, std::string_view>;

Names names_of(const Processes& all, const Process& process) {
    Names names;
    for (const std::size_t row : all.named_rows_of(process))
        names.push_back(all.subject(row).comm);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Moment first_of(const Processes& all, const Process& process) {
    Moment first = all.total(all.rows_of(process).front()).first;
    for (const std::size_t row : all.rows_of(process))
        first = std::min(first, all.total(row).first);
    return first;
}

bool could_fork(const Kind& parent, const Names& names) {
    return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
        return name != parent.main() &&
               std::binary_search(parent.names().begin(), parent.names().end(), name);
    });
}

class Forks {
  public:
    explicit Forks(Processes& all) : all_(all) {
        firsts_.reserve(all.processes.size());
        for (std::size_t i = 0; i < all.processes.size(); ++i) {
            const Process& process = all.processes[i];
            firsts_.emplace_back(first_of(all, process));
            if (process.only_startup) continue;
            const SubjectView main = all.subject(process.main);
            const auto [at, fresh] = kind_of_key_.try_emplace(
                KindKey{main.host, image_of(main.exe), names_of(all, process), main.comm}, kinds_.size());
            if (fresh) add_kind(at->first);
            kinds_[at->second].members.push_back(static_cast<std::uint32_t>(i));
        }
        for (Kind& kind : kinds_)
            std::stable_sort(
                kind.members.begin(), kind.members.end(),
                [&](std::uint32_t left, std::uint32_t right) { return firsts_[left] < firsts_[right]; });
    }

    void find() {
        for (auto& [key, id] : kind_of_key_) {
            Kind& kind = kinds_[id];
            const auto threads =
                kinds_of_thread_.find({std::get<0>(key), std::get<1>(key), kind.names().front()});
            if (threads == kinds_of_thread_.end()) continue;
            for (const std::uint32_t candidate : threads->second)
                if (could_fork(kinds_[candidate], kind.names())) kind.candidates.push_back(candidate);
        }
        for (const Kind& kind : kinds_)
            for (const std::uint32_t member : kind.members)
                if (!kind.candidates.empty() && is_plain(all_.processes[member]))
                    all_.processes[member].parent = parent_of(kind, member);
    }

  private:
    /// Neither exec nor a runtime's start-up: it began as a copy of another process.
    bool is_plain(const Process& process) const {
        return all_.rows_of(process).size() == all_.named_rows_of(process).size() && !process.execed;
    }

    void add_kind(const KindKey& key) {
        const Kind kind{&key, {}, {}};
        for (const std::string_view name : kind.names()) {
            if (name == kind.main()) continue;
            auto& kinds = kinds_of_thread_[{std::get<0>(key), std::get<1>(key), name}];
            if (kinds.size() < most_candidates) kinds.push_back(static_cast<std::uint32_t>(kinds_.size()));
        }
        kinds_.push_back(kind);
    }

    std::uint32_t parent_of(const Kind& kind, std::uint32_t child) const {
        std::optional<std::uint32_t> best;
        for (const std::uint32_t candidate : kind.candidates) {
            const auto& members = kinds_[candidate].members;
            const auto later = std::upper_bound(
                members.begin(), members.end(), firsts_[child],
                [&](const PackedMoment& when, std::uint32_t member) { return when < firsts_[member]; });
            const std::uint32_t member = later == members.begin() ? *later : *(later - 1);
            if (!best || better(member, *best, child)) best = member;
        }
        return *best;
    }

    /// Whether `left` is more likely than `right` to have forked `child`: begun before it, and if both were,
    /// later.
    bool better(std::uint32_t left, std::uint32_t right, std::uint32_t child) const {
        const bool left_before = firsts_[left] <= firsts_[child];
        const bool right_before = firsts_[right] <= firsts_[child];
        if (left_before != right_before) return left_before;
        return left_before ? firsts_[left] > firsts_[right] : firsts_[left] < firsts_[right];
    }

    Processes& all_;
    std::vector<PackedMoment> firsts_;
    std::deque<Kind> kinds_;
    std::map<KindKey, std::size_t> kind_of_key_;
    std::map<ThreadKey, std::vector<std::uint32_t>> kinds_of_thread_;
};

}  // namespace

void find_forks(Processes& all) {
    Forks(all).find();
}

}  // namespace scgen
