#include "seen_events.hpp"

#include <limits>

#include "hash.hpp"
#include "text_bytes.hpp"

// One event can arrive more than once: journald keeps both an audit and a kernel copy, the hold queue prints
// what the daemon gets later, rotated files overlap.
//
// Where a copy carries the stamp, stamp and serial name the event. Serials are handed out one by one, so a
// bit each in words of 64 is all that must be remembered; the word's key takes the time in steps of 256 ms,
// which tells one boot's serials from another's. The host is no part of it, for dmesg has none where syslog
// has one.
//
// Of each event a print is kept, too, in eights: of who called what, of the millisecond and of the host. A second sight that
// differs in the first alone is a conflict.
//
// journalctl's short forms print the audit copy without its stamp. Those are matched by body, and bodies
// repeat (a loop calls read from one place): of each, the copies with a serial and those without are counted
// apart, and a copy counts when its side gets ahead of the other. In all that counts the greater of the two,
// whichever order they come in. Most logs hold no such copy, so bodies are remembered only while one came in
// the last 65,536 records.

namespace scgen {
namespace {

// Three quarters of a power of two, which is what a table of that many slots holds.
constexpr std::size_t most_event_words = 384U * 1024U;
constexpr std::size_t most_prints = 24U * 1024U;
constexpr std::size_t most_bodies = 96U * 1024U;
constexpr std::uint64_t records_of_patience = 65'536;

/// The time in steps of 256 ms.
std::uint64_t step_of(std::optional<std::int64_t> time_ms) noexcept {
    return time_ms ? static_cast<std::uint64_t>(*time_ms >> 8) : std::numeric_limits<std::uint64_t>::max();
}

template <class Number>
std::uint64_t mix_optional(std::uint64_t hash, const std::optional<Number>& number) noexcept {
    return mix(mix(hash, number ? 1U : 0U), number ? static_cast<std::uint64_t>(*number) : 0U);
}

}  // namespace

SeenEvents::SeenEvents()
    : events_(most_event_words), prints_(most_prints), bodies_(most_bodies), seed_(hash_seed(this)) {}

SeenEvents::Print SeenEvents::print_of(const Record& record) {
    std::uint64_t call = mix(seed_, static_cast<std::uint64_t>(record.pid));
    call = mix(call, static_cast<std::uint64_t>(record.syscall.arch));
    call = mix(call, static_cast<std::uint64_t>(record.syscall.nr));
    call = mix(call, static_cast<std::uint64_t>(record.action));
    const std::uint64_t host = record.host.empty() ? 0 : mix(seed_, record.host) % 0xfffU + 1;
    std::uint64_t body = mix(call, text_bytes(record.comm, buffer_));
    body = mix(body, text_bytes(record.exe, buffer_));
    body = mix_optional(body, record.ip);
    body = mix_optional(body, record.code);
    body = mix_optional(body, record.sig);
    body = mix_optional(body, record.auid);
    body = mix_optional(body, record.uid);
    return {static_cast<std::uint32_t>((call % 0xfffU + 1) << 20U | host << 8U), body};
}

bool SeenEvents::first(const Print& print, std::optional<std::int64_t> time_ms,
                       std::optional<std::uint32_t> serial) {
    if (!serial) {
        since_without_serial_ = 0;
        return count_body(print, false);
    }
    const bool conflict = contradicts(print, time_ms, *serial);
    if (conflict) ++conflicts_;
    std::uint64_t& word = events_[step_of(time_ms) << 26U | *serial >> 6U];
    const std::uint64_t bit = std::uint64_t{1} << (*serial & 63U);
    if ((word & bit) != 0) return conflict;
    word |= bit;
    if (since_without_serial_ >= records_of_patience) return true;
    ++since_without_serial_;
    return count_body(print, true);
}

/// Keeps 32 bits of an event: 12 of its call, never 0; 12 of its host, 0 for none; 8 of its millisecond. Compares those
/// of a second sight with the first.
bool SeenEvents::contradicts(const Print& print, std::optional<std::int64_t> time_ms, std::uint32_t serial) {
    constexpr std::uint32_t call_bits = 0xfff00000U, host_bits = 0x000fff00U;
    const std::uint32_t now = print.call_and_host | (static_cast<std::uint32_t>(time_ms.value_or(0)) & 0xffU);
    std::uint32_t& before =
        prints_[step_of(time_ms) << 29U | serial / prints_together][serial % prints_together];
    if (before == 0) {
        before = now;
        return false;
    }
    const bool other_host =
        (before & host_bits) != 0 && (now & host_bits) != 0 && (before & host_bits) != (now & host_bits);
    const bool other_time = (before & 0xffU) != (now & 0xffU);
    return !other_host && !other_time && (before & call_bits) != (now & call_bits);
}

/// Adds one to its side of the body's counters, and says whether that is more than the other side has.
bool SeenEvents::count_body(const Print& print, bool has_serial) {
    constexpr std::uint64_t low_half = 0xffffffffU;
    std::uint64_t& word = bodies_[print.body];
    std::uint64_t with = word >> 32U;
    std::uint64_t without = word & low_half;
    std::uint64_t& mine = has_serial ? with : without;
    // A counter at its end stays there and always counts: too many is said rather than none.
    const bool full = mine == low_half;
    if (!full) ++mine;
    word = with << 32U | without;
    return full || mine > (has_serial ? without : with);
}

}  // namespace scgen
