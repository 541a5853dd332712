#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scgen/abi/action.hpp"
#include "scgen/abi/syscall_table.hpp"

namespace scgen {

/// One classic BPF instruction, the kernel's struct sock_filter, in this machine's byte order.
struct Instruction {
    std::uint16_t code = 0;
    std::uint8_t jump_true = 0;
    std::uint8_t jump_false = 0;
    std::uint32_t k = 0;

    bool operator==(const Instruction&) const = default;
};

/// The longest program the kernel takes, in instructions (BPF_MAXINSNS).
inline constexpr std::size_t max_instructions = 4096;

/// The call that a filter judges, the kernel's struct seccomp_data.
///
/// Shape:  arch is an AUDIT_ARCH_* token, so x32 bears x86_64's.
struct SeccompData {
    std::int32_t nr = 0;
    std::uint32_t arch = 0;
    std::uint64_t instruction_pointer = 0;
    std::array<std::uint64_t, 6> args{};
};

/// What a filter sees of `syscall`.
SeccompData seccomp_data(Syscall syscall, const std::array<std::uint64_t, 6>& args = {}) noexcept;

/// What a filter says: an action and the 16 bits that go with it (the errno, or a tracer's message).
///
/// Shape:  data is as the filter returned it; the kernel caps an errno at 4095.
struct Ruling {
    Action action = Action::kill_process;
    std::uint16_t data = 0;

    auto operator<=>(const Ruling&) const = default;
};

/// The ruling the kernel reads out of a filter's return value: an action it does not know kills the process.
///
/// Source: __seccomp_filter() in the kernel's kernel/seccomp.c.
Ruling ruling_of(std::uint32_t returned) noexcept;

/// In which order the machine a program is for keeps the halves of a 64-bit field.
enum class ByteOrder : std::uint8_t { little, big };

/// A filter program that has passed the kernel's checks and so can be run without any: it only jumps forward,
/// reads only whole words of SeccompData, and ends in a return.
///
/// Errors: Error from the constructor, with the instruction's index, for a program the kernel would refuse.
/// Source: bpf_check_classic() in net/core/filter.c, seccomp_check_filter() in kernel/seccomp.c.
class Program {
  public:
    explicit Program(std::vector<Instruction> instructions, ByteOrder order = ByteOrder::little);

    /// Runs the program; ends after as many steps as it has instructions, at most.
    Ruling evaluate(const SeccompData& data) const noexcept;

    std::span<const Instruction> instructions() const noexcept { return instructions_; }
    ByteOrder byte_order() const noexcept { return order_; }

  private:
    std::vector<Instruction> instructions_;
    ByteOrder order_;
};

/// Checks a program and runs it once.
///
/// Errors: as Program.
Ruling evaluate(std::span<const Instruction> instructions, const SeccompData& data);

}  // namespace scgen
