#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "scgen/audit/audit_event.hpp"
#include "scgen/audit/loss.hpp"
#include "scgen/audit/notice.hpp"
#include "scgen/audit/record.hpp"
#include "scgen/audit/record_reader.hpp"

namespace scgen {

/// What was lost before it was read, as far as logs and sources tell, and how far they could tell.
struct LossAccount {
    /// Shape: `count` is what was told with a number, `untold` how often a loss was told without one.
    struct Sum {
        std::uint64_t count = 0;
        std::uint64_t untold = 0;
        bool operator==(const Sum&) const = default;
    };
    /// By Loss::Kind. What a log lost on a way that others did not need is not in it: a record that printk dropped and
    /// the audit socket delivered is not lost.
    std::array<Sum, Loss::kind_count> kinds{};

    /// Records by the way they came: through printk; in text that keeps no serial, or that any program could have
    /// written; and with nothing but SECCOMP records around them, so that missing serials prove nothing. The rest
    /// came by the audit socket among records of every type.
    std::uint64_t printed = 0;
    std::uint64_t unnumbered = 0;
    std::uint64_t as_text = 0;
    std::uint64_t filtered = 0;
    /// Serials that are missing across a start of the audit daemon: lost while it was away, unless the machine started
    /// anew.
    std::uint64_t away = 0;
    /// Of some input nobody compared the kernel's count of what its queue had no room for, which leaves no hole.
    bool queue_unchecked = false;
    /// There were more machines, boots or holes than are kept: missing serials were not counted.
    bool overflowed = false;
    /// Messages of programs that were dropped; no records.
    std::uint64_t unrelated = 0;

    /// Why there may be no records.
    bool audit_off = false;
    bool actions_changed = false;
    bool exclude_rule = false;
    bool daemon = false;
    /// Audit records of other types were seen.
    bool other_types = false;

    const Sum& operator[](Loss::Kind kind) const noexcept { return kinds[static_cast<std::size_t>(kind)]; }
    /// How many were lost, as far as it was told.
    std::uint64_t lost() const noexcept;
    /// Something was lost.
    bool any_loss() const noexcept;
    /// More may have been: whoever lost them did not say how many.
    bool at_least() const noexcept;

    bool operator==(const LossAccount&) const = default;
};

/// Collects what is needed for a LossAccount.
///
/// Shape:  inputs are told apart, because a serial that is missing between two recordings was not lost; `input` is any
///         number that the caller gives to one. Bounded memory.
/// Law:    merge is commutative and associative, and idempotent for all that lines say of themselves: the same message
///         twice, in two copies of a log, is one. Only losses without a time and those of Sources add up. Both ledgers
///         of a merge count one input where its number is the same and end_input() was not called on either.
class Ledger {
  public:
    Ledger();
    Ledger(const Ledger&);
    Ledger& operator=(const Ledger&);
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    /// A loss that a Source knows of.
    void add(const Loss& loss);
    void add(const Notice& notice);
    void add(const AuditEvent& event, std::uint64_t input);
    /// An observed record.
    void add(const Record& record, std::uint64_t input);
    /// Lines that were known but for their stamps: observed records, and events of another type like `event`, of one
    /// machine by one way. `records` of them are records.
    void add(const AuditEvent& event, std::span<const Again> lines, std::uint64_t records, std::uint64_t input);
    /// The input has records of every type, though none of them may be of another than SECCOMP.
    void keeps_every_type(std::uint64_t input);
    /// The kernel's own count was compared from the start of the input to its end.
    void queue_checked(std::uint64_t input);
    void end_input(std::uint64_t input);

    void merge(const Ledger& other);

    LossAccount account() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace scgen
