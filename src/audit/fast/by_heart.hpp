#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bodies.hpp"
#include "heads.hpp"
#include "scgen/audit/audit_event.hpp"
#include "scgen/audit/record_reader.hpp"

namespace scgen {

struct Kernels;

/// Reads lines that it knows but for their stamps: src/audit/fast/by_heart.cpp says how.
///
/// Law: what comes of a line is what comes of it when it is read from left to right.
class ByHeart {
  public:
    ByHeart();
    /// With other passes over text than the best for this processor.
    explicit ByHeart(const Kernels& passes);

    /// What a line is made of, behind which nothing but its end came. `head` ends where the stamp begins, and the body, which
    /// records of another type have not, begins behind what ends the stamp. `host` is a part of a head that is new, or nothing.
    struct Lesson {
        std::string_view head;
        std::string_view host;
        std::string_view body;
        Origin origin = Origin::unproven;
        bool printed = false;
        bool other_type = false;
        bool is_json = false;
    };
    /// Keeps it; false where all of it is known.
    bool learn(const Lesson& lesson);
    /// What a line of another type teaches, which is this event; nothing where it would not be sure to be one again.
    static std::optional<Lesson> lesson_of(const AuditEvent& event, std::string_view line);
    /// What an event in laurel's JSON teaches, where its only id is at the start of the line, and no host in it.
    static std::optional<Lesson> lesson_of(const Record& record, std::string_view id, std::string_view line);

    /// Whose record stands behind a head; null where that is not known. Lives until a head is learned.
    const Speaker* speaker_of(std::string_view head) noexcept;

    /// Lines at the start of `text`, where a line begins.
    LinesAgain read(std::string_view text);

    /// The least number of a record that is known.
    std::uint32_t first_record() const noexcept { return memory_.bodies.first(); }
    const Speaker* speaker(std::uint32_t number) const noexcept { return memory_.heads.speaker(number); }

    /// The record of a number, of a speaker whose lines are text, in the lines of the last read(). Views live as long as this
    /// does not learn.
    Record record(const LinesAgain& lines, const Again& again) const;
    /// Of a speaker whose lines are JSON the line, with another stamp.
    std::string json_of(const Again& again) const;
    AuditEvent event(const LinesAgain& lines) const;

    /// A second of a stamp: the text "1594067860." and its value.
    struct Second {
        std::array<char, 11> text{};
        std::int64_t ms = 0;
    };
    struct Memory {
        Heads heads;
        Bodies bodies;
        Second second;
        /// How many bodies are guessed before they are looked up: more while they are known, few while they are new.
        std::size_t trust = 1;
    };
    static constexpr std::size_t most_guesses = 64;
    /// Of a head and a stamp, and what may be read behind them.
    static constexpr std::ptrdiff_t longest_beginning = Head::longest_whole + 64;

  private:
    std::string_view body(const Again& again) const noexcept { return memory_.bodies.text(again.record); }

    static constexpr std::size_t short_text = 1024;
    static constexpr std::size_t margin = longest_beginning;

    const Kernels* kernels_;
    Memory memory_;
    std::array<Again, 512> lines_;
    std::array<char, short_text + margin> copy_{};
};

/// As parse_record() of what the kernel vouches for, with what is known by heart. `record.host` may point into `by_heart`.
/// `lesson` is what can be learned of a record.
Outcome parse_record(std::string_view line, Record& record, ByHeart& by_heart,
                     std::optional<ByHeart::Lesson>& lesson);

}  // namespace scgen
