#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "packed_moment.hpp"
#include "scgen/observe/observations.hpp"

namespace scgen {

/// A subject with its activity.
///
/// Shape: `place` is where Observations have it.
struct SubjectRow {
    std::uint32_t place;
    /// It is the start-up of the container runtime that its comm tells.
    bool is_startup;
};

/// One life of a pid.
///
/// Shape: rows are indices into Processes::rows, few enough for 32 bits; there may be a hundred thousand processes.
struct Process {
    /// Where its rows are in Processes::rows_of_processes, and those of them that give it its names.
    std::uint32_t rows_begin = 0;
    std::uint32_t rows_end = 0;
    std::uint32_t named_begin = 0;
    std::uint32_t named_end = 0;
    /// The row whose name stands for the process.
    std::uint32_t main = 0;
    /// When it was first and last seen; its rows may be of other lives, too.
    PackedMoment first = {};
    PackedMoment last = {};
    /// Container runtime start-up that never became anything.
    bool only_startup = false;
    /// Whether it ran more than one image, the runtime's aside.
    bool execed = false;
    /// The process whose named thread forked this one.
    std::optional<std::uint32_t> parent;
};

/// All processes that subjects tell of, in order of host, pid and life.
struct Processes {
    const Observations* observations = nullptr;
    std::vector<SubjectRow> rows = {};
    std::deque<Process> processes = {};
    std::vector<std::uint32_t> rows_of_processes = {};

    std::span<const std::uint32_t> rows_of(const Process& process) const noexcept {
        return std::span(rows_of_processes)
            .subspan(process.rows_begin, process.rows_end - process.rows_begin);
    }
    /// Those of its last image, whose names it answers to; of a start-up that nothing follows, all.
    std::span<const std::uint32_t> named_rows_of(const Process& process) const noexcept {
        return std::span(rows_of_processes)
            .subspan(process.named_begin, process.named_end - process.named_begin);
    }
    SubjectView subject(std::size_t row) const noexcept { return observations->subject(rows[row].place); }
    std::vector<std::pair<Observed, Evidence>> calls(std::size_t row) const {
        return observations->calls(rows[row].place);
    }
    Evidence total(std::size_t row) const { return observations->total(rows[row].place); }
};

/// Joins subjects to processes. `observations` must stay as they are while the result is used.
Processes join_processes(const Observations& observations);

/// `exe` without the " (deleted)" that the kernel adds once the file is gone: still the same image.
///
/// Source: prepend_path() in the kernel's fs/d_path.c.
std::string_view image_of(std::string_view exe) noexcept;

/// What a forked child has of its parent at first: host, image and the name of the thread that forked.
using ImageKey = std::tuple<std::string_view, std::string_view, std::string_view>;

inline ImageKey image_key(const SubjectView& subject) noexcept {
    return {subject.host, image_of(subject.exe), subject.comm};
}

}  // namespace scgen
