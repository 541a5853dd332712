#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "scgen/audit/record.hpp"

namespace scgen {

/// What stands before the stamp of an audit record, up to and with "audit(" in text, and what may differ in it without a
/// change of what it says: the digits of the kernel's own stamp and of fractions of a second, and the time of day.
///
///   Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(1594067860.484:14536): ..
///          ^clock                       ^digits                              ^size                   ^whole
///
/// Of an event in laurel's JSON the head is {"ID":" and the body begins with a key:
///
///   {"ID":"1594067860.484:14536","SECCOMP":[{"auid":4294967295, ..
///          ^size                  ^whole
///
/// With it stands the shape of a stamp, whose digits may differ, and which is expected to have as many as the last had: so
/// what comes behind it need not wait for the stamp to be read.
struct Head {
    static constexpr std::size_t longest = 128;
    static constexpr std::size_t longest_whole = 192;
    static constexpr std::size_t longest_serial = 10;
    /// What stands before the serial.
    static constexpr std::string_view stamp_begin = "0000000000.000:";
    static constexpr std::string_view stamp_end = "): ";
    /// Of laurel's JSON, and what stands behind its serials.
    static constexpr std::string_view in_json = "{\"ID\":\"", stamp_end_in_json = "\",\"";

    /// A byte fits when it differs from that of `text` in bits of `free` alone, and is at most `most`: for a digit that is
    /// its low half, and '9'. Whatever is behind `whole` may differ.
    alignas(64) std::array<std::uint8_t, longest_whole> text{};
    alignas(64) std::array<std::uint8_t, longest_whole> free{};
    alignas(64) std::array<std::uint8_t, longest_whole> most{};
    std::uint32_t size = 0;
    std::uint32_t whole = 0;
    std::uint32_t serial_digits = 0;
    /// Where "15:37:40" stands, never at the start, and what it was last; 0 in a head without.
    std::uint32_t clock = 0;
    std::uint64_t clock_text = 0;
    std::uint32_t speaker = 0;
    /// Of records of another type than SECCOMP.
    bool other_type = false;
    bool is_json = false;
    /// The head that comes behind it most of the time, and whether another came last.
    Head* follower = nullptr;
    bool in_doubt = false;
    /// Eight bytes of it, where heads differ from each other, and the bits of them that must be the same.
    std::uint64_t quick = 0;
    std::uint64_t quick_bits = 0;
    static constexpr std::size_t quick_at = 5;

    /// Whether it is worth comparing the whole head.
    bool may_fit(const char* line) const noexcept {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, line + quick_at, sizeof bytes);
        return ((bytes ^ quick) & quick_bits) == 0;
    }
    /// Whether a line begins with this head and such a stamp, whatever its time of day. `whole` bytes of it are read.
    bool fits(const char* line) const noexcept { return fits(line, whole); }
    bool fits(const char* line, std::size_t bytes) const noexcept;
    void expect_serial(std::size_t digits) noexcept;
    /// Whether the time of day of such a line is one.
    bool take_clock(const char* line) noexcept;
};

/// Whose records those behind a head are.
struct Speaker {
    Origin origin = Origin::unproven;
    bool printed = false;
    std::string host;
    bool is_json = false;
    bool operator==(const Speaker&) const = default;
};

/// The heads that a log had lately.
///
/// Shape: a few, of which a new one pushes out the oldest.
class Heads {
  public:
    Heads() = default;
    Heads(const Heads&) = delete;
    Heads& operator=(const Heads&) = delete;

    /// Keeps the head of a line that was read. `text` ends where a stamp begins; `host` is a part of it, or nothing.
    void learn(std::string_view text, std::string_view host, const Speaker& speaker, bool other_type);

    /// Speakers are numbered from 1 in the order of their coming; nothing for one of long ago.
    const Speaker* speaker(std::uint32_t number) const noexcept;

    /// The head of SECCOMP records that `text` is.
    const Head* find(std::string_view text) noexcept;

    /// The head of a line whose stamp was not expected, and is from now on.
    Head* adapt(const char* line) noexcept;

    Head* begin() noexcept { return heads_.data(); }
    Head* end() noexcept { return heads_.data() + count_; }
    /// The one that fitted last, and the one that is tried first; null as long as there is none.
    Head* recent = nullptr;
    Head* expected = nullptr;
    /// The head of the next line: what was tried, or another.
    void confirm() noexcept { recent->in_doubt = false; }
    void correct(Head* head) noexcept {
        if (std::exchange(recent->in_doubt, true)) recent->follower = head;
    }

  private:
    static constexpr std::size_t most = 8;

    std::uint32_t number_of(const Speaker& speaker);

    std::array<Head, most> heads_;
    std::size_t count_ = 0;
    std::size_t next_ = 0;
    std::array<Speaker, 2 * most> speakers_;
    std::uint32_t last_speaker_ = 0;
};

/// Whether eight bytes are a time of day, "15:37:40", as parse_carrier_time() takes it.
bool is_time_of_day(std::string_view text) noexcept;

}  // namespace scgen
