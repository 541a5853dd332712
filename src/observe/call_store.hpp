#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "packed_moment.hpp"
#include "scgen/observe/observations.hpp"

namespace scgen {

/// What a subject did: a call by the number that Observations gave it, and the evidence. A count stays at its greatest value.
struct Call {
    std::uint32_t what = 0;
    std::uint32_t count = 0;
    PackedMoment first;
    PackedMoment last;

    void add(const PackedMoment& first_more, const PackedMoment& last_more, std::uint64_t more) noexcept;
    Evidence evidence() const noexcept { return {count, first.unpacked(), last.unpacked()}; }
    bool operator==(const Call&) const = default;
};

/// Calls in the order of their numbers, in a quarter of their bytes.
///
/// Shape: of each the distance of its number from the one before, its count, and its moments as distances from the least, each
///        number in as many groups of seven bits as it needs.
class PackedCalls {
  public:
    PackedCalls() = default;
    explicit PackedCalls(std::span<const Call> calls);
    PackedCalls(const PackedCalls& other);
    PackedCalls& operator=(const PackedCalls& other);
    PackedCalls(PackedCalls&&) noexcept = default;
    PackedCalls& operator=(PackedCalls&&) noexcept = default;
    ~PackedCalls() = default;

    bool empty() const noexcept { return bytes_ == nullptr; }
    std::size_t count() const noexcept { return Reader(*this).left(); }
    /// Each of them, in order.
    template <class Each>
    void for_each(Each&& each) const {
        Reader in(*this);
        for (Call call; in.next(call);)
            each(call);
    }

  private:
    class Reader {
      public:
        explicit Reader(const PackedCalls& calls) noexcept;
        /// Whether there is one more. `call` is the one before, or Call{}.
        bool next(Call& call) noexcept;
        std::size_t left() const noexcept { return left_; }

      private:
        std::uint64_t number() noexcept;

        const std::uint8_t* at_;
        std::uint64_t left_ = 0;
        PackedMoment least_;
    };

    /// Of all, in the first four of them.
    std::uint32_t size() const noexcept;

    /// Null for none.
    std::unique_ptr<std::uint8_t[]> bytes_;
};

/// The calls of all subjects: of those that are added to in full, of the rest packed.
///
/// Shape: subjects are numbers from 0 on. When one is wanted that is packed, and more than `most_open` calls are in full, all
///        those are packed first; but never so often that a log could be made whose records cost much more than others.
class CallStore {
  public:
    void add_subject() { subjects_.emplace_back(); }

    /// Calls of a subject in the order of their numbers, to be added to until the next call of open().
    std::vector<Call>& open(std::uint32_t subject);
    /// Adds a call that is not there; `at` is its place in what open() gave last.
    void insert(std::vector<Call>& calls, std::vector<Call>::iterator at, const Call& call);

    /// Each call of a subject, in order.
    template <class Each>
    void for_each(std::uint32_t subject, Each&& each) const {
        const Subject& found = subjects_[subject];
        if (found.opened == none) return found.packed.for_each(each);
        for (const Call& call : opened_[found.opened].calls)
            each(call);
    }
    bool is_empty(std::uint32_t subject) const noexcept;
    /// Of all subjects.
    std::size_t size() const noexcept { return size_; }
    /// How many calls were packed so far, for those who must bound that work.
    std::uint64_t packed_so_far() const noexcept { return packed_so_far_; }

  private:
    void pack_all();

    static constexpr std::size_t most_open = 65'536;
    static constexpr std::size_t most_packed_per_use = 64;
    static constexpr std::uint32_t none = 0xffffffffU;

    struct Subject {
        PackedCalls packed;
        std::uint32_t opened = none;  ///< its place among opened_
    };
    struct Opened {
        std::uint32_t subject = none;
        std::vector<Call> calls;
    };

    // Deques, since a vector would need room for all twice when it grows.
    std::deque<Subject> subjects_;
    std::deque<Opened> opened_;
    std::size_t size_ = 0;
    std::size_t open_calls_ = 0;
    /// Of open(), since all were packed.
    std::size_t uses_ = 0;
    std::uint64_t packed_so_far_ = 0;
};

}  // namespace scgen
