#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_scanner.hpp"
#include "scgen/audit/record_reader.hpp"

namespace scgen {

/// The fields of one journal entry or JSON object that say what it is and hold the record.
///
/// Shape:  values are views; they must live until settle()'s record is done with. Keys are known by the names
///         that journald, dmesg -J, laurel, Fluent Bit and Cloud Logging give them, in any case and with or
///         without the journal's underscores; a field with an underscore was written by journald itself and
///         outranks one without.
class Entry {
  public:
    void clear() noexcept;

    /// Whether set() would keep a field of this name.
    static bool wants(std::string_view path, std::string_view key) noexcept;
    void set(std::string_view path, std::string_view key, JsonKind kind, std::string_view value) noexcept;
    /// Says that a wanted value was too long to keep.
    void overflow() noexcept { overflow_ = true; }

    /// What the entry is. `scratch` needs room for the names of a laurel entry.
    Outcome settle(Trust trust, std::string& scratch, Record& record) const noexcept;

    /// Of laurel's event with a SECCOMP record its "sec.msec:serial"; nothing of another entry.
    std::string_view laurel_id() const noexcept;

    /// The audit record in it, whatever its type, where it has stamp and serial.
    std::optional<AuditEvent> event(Trust trust) const noexcept;

    /// What it says of its own log.
    std::optional<Notice> notice(Trust trust) const noexcept;

  private:
    enum class Slot : std::uint8_t;
    static constexpr std::size_t slot_count = 28;
    struct Known;
    struct Field {
        std::string_view value;
        JsonKind kind = JsonKind::null;
        bool set = false;
        bool trusted = false;
        bool conflict = false;
    };

    static const Known* find(std::string_view path, std::string_view key) noexcept;
    const Field& field(Slot slot) const noexcept { return fields_[static_cast<std::size_t>(slot)]; }
    std::string_view text(Slot slot) const noexcept { return field(slot).value; }
    template <class T>
    bool number(Slot slot, std::string_view prefix, int base, T& value) const noexcept;

    /// A record stands where none belongs.
    bool is_misplaced() const noexcept;
    bool is_of_a_container() const noexcept;
    bool is_kernels() const noexcept;
    bool is_ring() const noexcept;
    Outcome settle_audit(Record& record) const noexcept;
    Outcome settle_laurel(std::string& scratch, Record& record) const noexcept;
    bool laurel_numbers(Record& record) const noexcept;

    std::array<Field, slot_count> fields_{};
    /// Those of them that are set.
    std::vector<Slot> set_;
    unsigned seccomp_objects_ = 0;
    AuditEvent::Type type_ = AuditEvent::Type::other;
    bool overflow_ = false;
    /// Values of fields that are none of the known ones, as far as they are long enough for a record.
    std::vector<std::string_view> unknown_;
};

}  // namespace scgen
