#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scgen/audit/record.hpp"

namespace scgen {

/// When a record was made, as an order: by time, and within a millisecond by serial (or, where a carrier drops the
/// serial, by place in the input). Records without a time come before all others.
///
/// Units: time_ms since the Unix epoch.
struct Moment {
    std::optional<std::int64_t> time_ms;
    std::uint64_t order = 0;

    auto operator<=>(const Moment&) const = default;
};

/// How often something was seen, and between which moments.
struct Evidence {
    std::uint64_t count = 0;
    Moment first;
    Moment last;

    void add(const Evidence& other) noexcept;
    bool operator==(const Evidence&) const = default;
};

/// What one row of a process did: a call, and what the filter made of it.
struct Observed {
    Syscall syscall;
    Action action;

    auto operator<=>(const Observed&) const = default;
};

/// Whose record it was. A record carries the process's pid with the calling thread's comm, so the threads of one
/// process are several of these.
///
/// Shape: interpreted bytes, hostile. `host` is empty where the carrier names none.
struct Subject {
    std::string host;
    std::int32_t pid = 0;
    std::string exe;
    std::string comm;
    std::string subj;

    auto operator<=>(const Subject&) const = default;
};

/// The same as views: into a record, or into the Observations that keep it, until something is added to them.
struct SubjectView {
    std::string_view host;
    std::int32_t pid = 0;
    std::string_view exe;
    std::string_view comm;
    std::string_view subj;

    SubjectView() = default;
    SubjectView(std::string_view host_, std::int32_t pid_, std::string_view exe_, std::string_view comm_,
                std::string_view subj_) noexcept
        : host(host_), pid(pid_), exe(exe_), comm(comm_), subj(subj_) {}
    SubjectView(const Subject& subject) noexcept
        : SubjectView(subject.host, subject.pid, subject.exe, subject.comm, subject.subj) {}

    auto operator<=>(const SubjectView&) const = default;
};

/// All that one subject was seen doing.
struct Activity {
    std::map<Observed, Evidence> calls;
    /// Times of activity, in order, with pauses of more than ten minutes between them; for telling a pid's second life
    /// from its first. Empty where records carry no time.
    std::vector<std::pair<Moment, Moment>> spans;

    void add(const Activity& other);
    bool operator==(const Activity&) const = default;
};

/// What was seen: subject -> call -> evidence.
///
/// Shape: bounded by the number of subjects allowed; records of subjects past it are counted in `over_limit`.
/// Law:   merge is commutative and associative, and idempotent on the sets (counts add up).
class Observations {
  public:
    explicit Observations(std::size_t max_subjects = default_max_subjects);
    Observations(const Observations&);
    Observations& operator=(const Observations&);
    Observations(Observations&&) noexcept;
    Observations& operator=(Observations&&) noexcept;
    ~Observations();

    static constexpr std::size_t default_max_subjects = 250'000;

    /// Adds a record; `counted` is false for the second sight of one event. Returns whether the subject had not been
    /// seen making this call with this action.
    bool add(const Record& record, const Moment& moment, bool counted);

    /// Where the evidence of a call is kept, for adding more like it without looking for it.
    ///
    /// Shape: good for as long as the Observations that gave it.
    struct Place {
        std::uint32_t row = 0;
        std::uint32_t call = 0;
        std::uint32_t what = 0;
    };
    /// The place of a record that was added before; nothing where it was over the limit.
    std::optional<Place> place_of(const Record& record);
    /// Adds what else was seen of the same subject and call, without a pause that would part two spans.
    void add(Place& place, const Evidence& evidence);

    void merge(const Observations& other);

    /// A copy of all of it: the subjects with their activity, in order.
    std::map<Subject, Activity> subjects() const;

    /// The same without a copy. A subject's place is a number below size(); places() has those with calls, in the order
    /// of their subjects.
    std::vector<std::uint32_t> places() const;
    SubjectView subject(std::uint32_t place) const noexcept;
    std::vector<std::pair<Observed, Evidence>> calls(std::uint32_t place) const;
    /// The sum of its calls.
    Evidence total(std::uint32_t place) const noexcept;
    std::vector<std::pair<Moment, Moment>> spans(std::uint32_t place) const;
    std::size_t size() const noexcept;
    /// Records that were not kept because there were too many subjects: a loss.
    std::uint64_t over_limit() const noexcept { return over_limit_; }

  private:
    struct Index;
    std::unique_ptr<Index> index_;
    std::size_t max_subjects_;
    std::uint64_t over_limit_ = 0;
};

}  // namespace scgen
