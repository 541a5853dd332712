#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "scgen/audit/audit_event.hpp"
#include "scgen/audit/notice.hpp"
#include "scgen/audit/preview.hpp"
#include "scgen/audit/record.hpp"
#include "scgen/audit/tally.hpp"

namespace scgen {

/// Reads a complete SECCOMP record out of one line of text, whatever carried it there: dmesg in all its
/// forms, /dev/kmsg, syslog daemons, audit.log, the audit dispatcher, ausearch, journalctl's short forms.
///
/// Shape:  pure, noexcept, allocates nothing; `record` is meaningful only when the outcome is observed.
/// Source: src/audit/origin.cpp lists the prefixes, src/audit/body.cpp the grammar, each with where it was
///         read.
Outcome parse_record(std::string_view line, Trust trust, Record& record) noexcept;

/// Whole lines at the start of a text.
struct PassedLines {
    std::size_t bytes = 0;
    std::uint64_t lines = 0;
};

/// An entry over some lines at the start of a text.
///
/// Shape:  the outcome is that of its last line; that of those before it is part.
struct WholeEntry {
    std::size_t bytes = 0;
    std::uint64_t lines = 0;
    Outcome outcome = Outcome::other;
};

/// Lines at the start of a text, each known but for its stamp, all of one machine by one way.
///
/// Shape:  `speaker` is the number of machine and way. Numbers are those of one reader, and never used for another
///         record or speaker. Those of records that are known at a time differ by less than `room`, which is
///         a power of two.
struct LinesAgain {
    std::size_t bytes = 0;
    std::span<const Again> lines;
    std::uint32_t speaker = 0;
    std::uint32_t room = 1;
};

/// Turns the lines of one input into records: parse_record, plus the carriers that wrap a record in JSON or
/// spread it over several lines (journalctl verbose, export, json, json-pretty; dmesg -J; laurel; Cloud
/// Logging).
///
/// Shape:  one reader an input, fed its lines in order, each followed by more() until that gives nothing.
///         Memory is bounded by the longest line.
/// Law:    lines read + further_entries() = outcomes given, once finish() was called.
class RecordReader {
  public:
    explicit RecordReader(Trust trust);
    ~RecordReader();
    RecordReader(RecordReader&&) noexcept;
    RecordReader& operator=(RecordReader&&) noexcept;

    /// Feeds a line, without its newline. Nothing means that the line is inside an entry whose end is not yet
    /// known; its outcome comes with a later line or from finish().
    std::optional<Outcome> read(std::string_view line, Record& record) noexcept;

    /// Another outcome that the last line brought: it ended an entry of several lines, or holds several
    /// entries.
    std::optional<Outcome> more(Record& record) noexcept;

    /// Reads an object of JSON over whole lines at the start of `text`, which begins where the next line does: what read() and
    /// more() would give for each of them, without keeping them. Nothing is read where there is none, or not all of it.
    std::optional<WholeEntry> read_entry(std::string_view text, Record& record);

    /// Lines at the start of `text` that need not be read: the outcome of each would be other, and nothing else would come
    /// of it. `text` begins where the next line does.
    ///
    /// Shape:  many times as fast as read(). Fewer than could be may be found, never more.
    PassedLines pass_over(std::string_view text) const noexcept;

    /// Reads lines at the start of `text` that need only be compared, because their like was read before: records, whose
    /// outcome is observed, and events of other types, whose outcome is other and which hold no notice. `text` begins
    /// where the next line does.
    ///
    /// Shape:  many times as fast as read(), and as strict. Fewer lines than could be may be found. They live until the
    ///         next call.
    LinesAgain read_again(std::string_view text);
    /// What read() would have given for one of these lines. Views live until the next read().
    Record record_again(const LinesAgain& lines, const Again& again) const;
    /// What event() would have given for those of other types, but for stamp and body.
    AuditEvent event_again(const LinesAgain& lines) const;

    /// Makes previews with what this reader knows.
    void preview(std::string_view text, Preview& preview);
    /// The same for another thread, from a memory that learns what this one learns, which makes that somewhat slower. Only
    /// before the first line; outlives the reader.
    MakePreview previewer();
    /// Whether what a part says is so when its first line is the next.
    bool holds(const Preview& preview, const Preview::Part& part) const noexcept;

    /// The outcome that is still owed at the end of input.
    std::optional<Outcome> finish(Record& record) noexcept;

    /// Whether the entry of the last outcome stood on several lines.
    bool spans_lines() const noexcept;

    /// The audit record on the line of the last outcome, where it is no observed one: of another type, or cut short. Views
    /// live as long as those of a record.
    const std::optional<AuditEvent>& event() const noexcept;

    /// What the line of the last outcome says of its own log.
    const std::optional<Notice>& notice() const noexcept;

    /// Entries beyond the first on their lines (JSON arrays written on one line); each counts as a line of
    /// its own.
    std::uint64_t further_entries() const noexcept;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace scgen
