#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "scgen/audit/ledger.hpp"
#include "scgen/audit/record_reader.hpp"
#include "scgen/audit/source.hpp"
#include "scgen/audit/tally.hpp"
#include "scgen/observe/observations.hpp"

namespace scgen {

/// What to take from an input.
///
/// Units: since_ms and until_ms since the Unix epoch, both included. A record without a time is inside.
struct IngestOptions {
    Trust trust = Trust::kernel;
    std::optional<std::int64_t> since_ms;
    std::optional<std::int64_t> until_ms;
    /// Only what began in this audit session teaches (src/observe/lineage.hpp); the rest is excluded.
    std::optional<std::uint32_t> session;
    std::size_t max_subjects = Observations::default_max_subjects;
    /// Reads every line from left to right, as is always done where each record is asked for: what the fast ways are
    /// compared with.
    bool plain = false;
};

/// Lines in, Observations and their Tally out.
///
/// Shape:  feed() the Blocks of any number of inputs, in any order between them; an input is over with its Block that
///         says so, or with end_input(). An event that arrives twice (journald keeps both an audit and a kernel copy;
///         rotated files overlap) is counted once, though both teach: a wrong guess here can cost a count, never a
///         syscall.
/// Law:    conservation: tally().lines() is the number of lines fed, oversized ones and further entries of one-line
///         JSON arrays included; and so for each input.
class Ingest {
  public:
    /// A complete record as it comes.
    ///
    /// Shape: lives until the callback returns. `line` is the line it stood on; empty where it took several.
    struct Sighting {
        const Record& record;
        std::string_view line;
        /// False for the second sight of an event.
        bool counted;
    };
    using OnRecord = std::function<void(const Sighting&)>;

    explicit Ingest(IngestOptions options);
    ~Ingest();
    Ingest(Ingest&&) noexcept;
    Ingest& operator=(Ingest&&) noexcept;

    void on_record(OnRecord each);

    /// For reading an input ahead, before the first of its Blocks. What it says for the caller is for the thread that feeds, and
    /// as long as the input has not ended.
    Foresight foresight(std::uint64_t input);

    /// Returns whether something was seen that had not been: a subject, or a call of one.
    bool feed(const Block& block);
    /// Ends every input that has not ended.
    bool end_input();

    /// What was collected of lines that repeat each other is added to them first.
    const Observations& observations() const;
    const Tally& tally() const noexcept;
    /// Records by how far their lines vouch for them, indexed by Origin.
    const std::array<std::uint64_t, 4>& origins() const noexcept;
    /// Excluded records of audit sessions that began after the one asked for, and may have come of it unseen.
    std::uint64_t undecided() const noexcept;
    /// Events that were seen more than once.
    std::uint64_t duplicates() const noexcept;
    /// Second sights that were of another call, which cannot be: a forged or broken log.
    std::uint64_t conflicts() const noexcept;
    /// What logs and sources say that they lost, within --since and --until.
    const Ledger& ledger() const noexcept;
    /// Among the first lines of an input some were what a container printed, as Docker and Kubernetes keep it.
    bool container_output() const noexcept;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace scgen
