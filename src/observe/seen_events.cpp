#include "seen_events.hpp"

#include <limits>
#include <utility>

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
// Of each event a print is kept, too: of who called what, of the millisecond and of the host. A second sight that
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
constexpr std::size_t most_prints = 96U * 1024U;
constexpr std::size_t most_bodies = 96U * 1024U;
constexpr std::uint64_t records_of_patience = 65'536;
constexpr std::size_t first_slots = 64;

std::uint64_t event_key(const Record& record) noexcept {
    const std::uint64_t when = record.time_ms ? static_cast<std::uint64_t>(*record.time_ms >> 8)
                                              : std::numeric_limits<std::uint64_t>::max();
    return when << 26U | *record.serial >> 6U;
}

template <class Number>
std::uint64_t mix_optional(std::uint64_t hash, const std::optional<Number>& number) noexcept {
    return mix(mix(hash, number ? 1U : 0U), number ? static_cast<std::uint64_t>(*number) : 0U);
}

}  // namespace

RecentWords::RecentWords(std::size_t most) : most_(most), seed_(hash_seed(this)) {}

std::size_t RecentWords::memory() const noexcept {
    return (young_.capacity() + old_.capacity()) * sizeof(Slot);
}

/// The slot that holds `key` or the empty one where it belongs; nothing in a table without slots.
RecentWords::Slot* RecentWords::find(Table& table, std::uint64_t key) const noexcept {
    if (table.empty()) return nullptr;
    const std::size_t mask = table.size() - 1;
    std::size_t at = mix(seed_, key) & mask;
    while (table[at].word != 0 && table[at].key != key)
        at = (at + 1) & mask;
    return &table[at];
}

/// Keeps a quarter of the young table's slots empty: by growing it, or by starting a new generation.
void RecentWords::make_room() {
    if (used_ >= most_) {
        old_ = std::exchange(young_, Table(first_slots));
        used_ = 0;
        return;
    }
    if (used_ < young_.size() / 4 * 3) return;
    const Table before = std::exchange(young_, Table(young_.empty() ? first_slots : young_.size() * 2));
    for (const Slot& slot : before)
        if (slot.word != 0) *find(young_, slot.key) = slot;
}

std::uint64_t& RecentWords::operator[](std::uint64_t key) {
    make_room();
    Slot* slot = find(young_, key);
    if (slot->word != 0) return slot->word;
    ++used_;
    const Slot* before = find(old_, key);
    *slot = {key, before != nullptr ? before->word : 0};
    return slot->word;
}

SeenEvents::SeenEvents()
    : events_(most_event_words), prints_(most_prints), bodies_(most_bodies), seed_(hash_seed(this)) {}

bool SeenEvents::first(const Record& record) {
    if (!record.serial) {
        since_without_serial_ = 0;
        return count_body(record, false);
    }
    const bool conflict = contradicts(record);
    if (conflict) ++conflicts_;
    std::uint64_t& word = events_[event_key(record)];
    const std::uint64_t bit = std::uint64_t{1} << (*record.serial & 63U);
    if ((word & bit) != 0) return conflict;
    word |= bit;
    if (since_without_serial_ >= records_of_patience) return true;
    ++since_without_serial_;
    return count_body(record, true);
}

/// Keeps 32 bits of an event: 12 of its call, never 0; 12 of its host, 0 for none; 8 of its millisecond. Compares those
/// of a second sight with the first.
bool SeenEvents::contradicts(const Record& record) {
    constexpr std::uint64_t call_bits = 0xfff00000U, host_bits = 0x000fff00U, low_half = 0xffffffffU;
    std::uint64_t call = mix(seed_, static_cast<std::uint64_t>(record.pid));
    call = mix(call, static_cast<std::uint64_t>(record.syscall.arch));
    call = mix(call, static_cast<std::uint64_t>(record.syscall.nr));
    call = mix(call, static_cast<std::uint64_t>(record.action));
    const std::uint64_t host = record.host.empty() ? 0 : mix(seed_, record.host) % 0xfffU + 1;
    const std::uint64_t print = (call % 0xfffU + 1) << 20U | host << 8U |
                                (static_cast<std::uint64_t>(record.time_ms.value_or(0)) & 0xffU);
    const std::uint64_t when =
        record.time_ms ? static_cast<std::uint64_t>(*record.time_ms >> 8) : ~std::uint64_t{0};
    std::uint64_t& word = prints_[when << 31U | *record.serial >> 1U];
    const unsigned shift = (*record.serial & 1U) * 32U;
    const std::uint64_t before = word >> shift & low_half;
    if (before == 0) {
        word |= print << shift;
        return false;
    }
    const bool other_host =
        (before & host_bits) != 0 && host != 0 && (before & host_bits) != (print & host_bits);
    const bool other_time = (before & 0xffU) != (print & 0xffU);
    return !other_host && !other_time && (before & call_bits) != (print & call_bits);
}

std::uint64_t SeenEvents::body_key(const Record& record) {
    std::uint64_t hash = mix(seed_, static_cast<std::uint64_t>(record.pid));
    hash = mix(hash, text_bytes(record.comm, buffer_));
    hash = mix(hash, text_bytes(record.exe, other_buffer_));
    hash = mix(hash, static_cast<std::uint64_t>(record.syscall.arch));
    hash = mix(hash, static_cast<std::uint64_t>(record.syscall.nr));
    hash = mix(hash, static_cast<std::uint64_t>(record.action));
    hash = mix_optional(hash, record.ip);
    hash = mix_optional(hash, record.code);
    hash = mix_optional(hash, record.sig);
    hash = mix_optional(hash, record.auid);
    return mix_optional(hash, record.uid);
}

/// Adds one to its side of the body's counters, and says whether that is more than the other side has.
bool SeenEvents::count_body(const Record& record, bool has_serial) {
    constexpr std::uint64_t low_half = 0xffffffffU;
    std::uint64_t& word = bodies_[body_key(record)];
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
