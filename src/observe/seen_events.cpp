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
// Of each event a print is kept, too, in sixteens: of who called what, of the millisecond and of the host. A second sight
// that differs in the first alone is a conflict.
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
constexpr std::size_t most_prints = 6U * 1024U;
constexpr std::size_t most_bodies = 96U * 1024U;

template <class Number>
std::uint64_t mix_optional(std::uint64_t hash, const std::optional<Number>& number) noexcept {
    return mix(mix(hash, number ? 1U : 0U), number ? static_cast<std::uint64_t>(*number) : 0U);
}

}  // namespace

SeenEvents::SeenEvents()
    : events_(most_event_words), prints_(most_prints), bodies_(most_bodies), seed_(hash_seed()) {
    enter(block_);
}

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

bool SeenEvents::first(const Record& record) {
    const Print print = print_of(record);
    if (record.serial && record.time_ms) return first(print, *record.time_ms, *record.serial);
    if (record.serial) return first(print, std::numeric_limits<std::uint64_t>::max(), 0, *record.serial);
    since_without_serial_ = 0;
    return count_body(print, false);
}

bool SeenEvents::are_of_two_calls(std::uint32_t before, std::uint32_t now) noexcept {
    constexpr std::uint32_t call_bits = 0xfff00000U, host_bits = 0x000fff00U, time_bits = 0xffU;
    const bool other_host =
        (before & host_bits) != 0 && (now & host_bits) != 0 && (before & host_bits) != (now & host_bits);
    const bool other_time = (before & time_bits) != (now & time_bits);
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
