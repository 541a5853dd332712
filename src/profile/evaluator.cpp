// A machine for seccomp's dialect of classic BPF.
//
// The dialect: a 32-bit accumulator A, an index register X and sixteen words M[]; loads of aligned words of
// struct seccomp_data, of constants and of M[]; arithmetic without modulo; forward jumps; return of a
// constant or of A. The kernel checks a program once and then runs it unchecked, and so do we: check() is the
// whole of its rules, and run() may then index without looking. Two things happen at run time only: a
// division by X = 0 returns 0, which kills the thread, and a shift by X takes the low five bits of X.
//
// A 64-bit argument is two words. Which comes first depends on the byte order of the machine the program is
// for, so the word at an offset is taken from the value and never from memory.

#include "scgen/profile/evaluator.hpp"

#include <string>
#include <utility>

#include "scgen/error.hpp"

namespace scgen {
namespace {

// The parts of an instruction's code (include/uapi/linux/bpf_common.h and filter.h).
enum Code : std::uint16_t {
    ld_word_abs = 0x20,
    ld_word_len = 0x80,
    ldx_word_len = 0x81,
    ld_imm = 0x00,
    ldx_imm = 0x01,
    ld_mem = 0x60,
    ldx_mem = 0x61,
    st = 0x02,
    stx = 0x03,
    tax = 0x07,
    txa = 0x87,
    ret_k = 0x06,
    ret_a = 0x16,
    jump = 0x05,
    jump_eq = 0x15,
    jump_gt = 0x25,
    jump_ge = 0x35,
    jump_set = 0x45,
    alu_add = 0x04,
    alu_sub = 0x14,
    alu_mul = 0x24,
    alu_div = 0x34,
    alu_or = 0x44,
    alu_and = 0x54,
    alu_lsh = 0x64,
    alu_rsh = 0x74,
    alu_neg = 0x84,
    alu_xor = 0xa4,
};

constexpr std::uint16_t from_x = 0x08;  // the operand is X rather than k
constexpr std::uint32_t data_size = 64;
constexpr std::uint32_t memory_words = 16;

/// The instruction without its source of operand, where it has one of two.
std::uint16_t operation(std::uint16_t code) noexcept {
    const std::uint16_t kind = code & 0x07U;
    const auto plain = static_cast<std::uint16_t>(code & ~from_x);
    const bool takes_source = (kind == 0x04 || kind == 0x05) && plain != alu_neg && plain != jump;
    return takes_source ? plain : code;
}

bool is_conditional_jump(std::uint16_t code) noexcept {
    const auto op = operation(code);
    return op == jump_eq || op == jump_gt || op == jump_ge || op == jump_set;
}

bool is_return(std::uint16_t code) noexcept {
    return code == ret_k || code == ret_a;
}

bool reads_memory(std::uint16_t code) noexcept {
    return code == ld_mem || code == ldx_mem;
}

bool writes_memory(std::uint16_t code) noexcept {
    return code == st || code == stx;
}

bool is_known(std::uint16_t code) noexcept {
    switch (operation(code)) {
        case ld_word_abs:
        case ld_word_len:
        case ldx_word_len:
        case ld_imm:
        case ldx_imm:
        case ld_mem:
        case ldx_mem:
        case st:
        case stx:
        case tax:
        case txa:
        case ret_k:
        case ret_a:
        case jump:
        case jump_eq:
        case jump_gt:
        case jump_ge:
        case jump_set:
        case alu_add:
        case alu_sub:
        case alu_mul:
        case alu_div:
        case alu_or:
        case alu_and:
        case alu_lsh:
        case alu_rsh:
        case alu_neg:
        case alu_xor: return true;
        default: return false;
    }
}

[[noreturn]] void refuse(std::size_t at, const std::string& why) {
    throw Error("instruction " + std::to_string(at) + ": " + why);
}

/// The kernel's rules for one instruction by itself; `left` instructions follow it.
void check_alone(const Instruction& each, std::size_t at, std::size_t left) {
    if (!is_known(each.code))
        refuse(at, "code " + std::to_string(each.code) + " is none that seccomp allows");
    if (each.code == ld_word_abs && (each.k % 4 != 0 || each.k >= data_size))
        refuse(at, "loads from offset " + std::to_string(each.k) + ", which is no word of seccomp_data");
    if ((reads_memory(each.code) || writes_memory(each.code)) && each.k >= memory_words)
        refuse(at, "there is no M[" + std::to_string(each.k) + "]");
    if (each.code == alu_div && each.k == 0) refuse(at, "divides by zero");
    if ((each.code == alu_lsh || each.code == alu_rsh) && each.k >= 32) refuse(at, "shifts by more than 31");
    const bool beyond = each.code == jump ? each.k >= left
                                          : is_conditional_jump(each.code) &&
                                                (each.jump_true >= left || each.jump_false >= left);
    if (beyond) refuse(at, "jumps beyond the end");
}

/// Refuses a read of M[] that some path reaches without a write: it would leak what the stack held.
void check_memory(std::span<const Instruction> all) {
    std::vector<std::uint16_t> written_on_arrival(all.size(), 0xffff);
    std::uint16_t written = 0;
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto& each = all[at];
        written &= written_on_arrival[at];
        const auto jump_to = [&](std::size_t distance) { written_on_arrival[at + 1 + distance] &= written; };
        if (writes_memory(each.code)) {
            written = static_cast<std::uint16_t>(written | (1U << each.k));
        } else if (reads_memory(each.code)) {
            if ((written & (1U << each.k)) == 0)
                refuse(at, "reads M[" + std::to_string(each.k) + "] before any write");
        } else if (each.code == jump) {
            jump_to(each.k);
            written = 0xffff;
        } else if (is_conditional_jump(each.code)) {
            jump_to(each.jump_true);
            jump_to(each.jump_false);
            written = 0xffff;
        }
    }
}

void check(std::span<const Instruction> all) {
    if (all.empty()) throw Error("the filter is empty");
    if (all.size() > max_instructions)
        throw Error("the filter has " + std::to_string(all.size()) + " instructions; the kernel takes " +
                    std::to_string(max_instructions) + ": shorten the profile");
    for (std::size_t at = 0; at < all.size(); ++at)
        check_alone(all[at], at, all.size() - at - 1);
    if (!is_return(all.back().code)) refuse(all.size() - 1, "the last one is no return");
    check_memory(all);
}

/// The word of struct seccomp_data at `offset`: nr, arch, then instruction pointer and arguments by halves.
std::uint32_t word_at(const SeccompData& data, std::uint32_t offset, ByteOrder order) noexcept {
    if (offset == 0) return static_cast<std::uint32_t>(data.nr);
    if (offset == 4) return data.arch;
    const std::uint64_t value = offset < 16 ? data.instruction_pointer : data.args[(offset - 16) / 8];
    const bool second = offset % 8 == 4;
    const bool high = second == (order == ByteOrder::little);
    return static_cast<std::uint32_t>(high ? value >> 32 : value);
}

/// A step of arithmetic; false when it would divide by zero.
bool compute(std::uint16_t op, std::uint32_t& a, std::uint32_t operand) noexcept {
    switch (op) {
        case alu_add: a += operand; break;
        case alu_sub: a -= operand; break;
        case alu_mul: a *= operand; break;
        case alu_div:
            if (operand == 0) return false;
            a /= operand;
            break;
        case alu_or: a |= operand; break;
        case alu_and: a &= operand; break;
        case alu_xor: a ^= operand; break;
        case alu_lsh: a <<= operand & 31U; break;
        case alu_rsh: a >>= operand & 31U; break;
        default: a = 0U - a; break;
    }
    return true;
}

bool holds(std::uint16_t op, std::uint32_t a, std::uint32_t operand) noexcept {
    switch (op) {
        case jump_eq: return a == operand;
        case jump_gt: return a > operand;
        case jump_ge: return a >= operand;
        default: return (a & operand) != 0;
    }
}

std::uint32_t run(std::span<const Instruction> all, const SeccompData& data, ByteOrder order) noexcept {
    std::uint32_t a = 0;
    std::uint32_t x = 0;
    std::array<std::uint32_t, memory_words> memory{};
    for (std::size_t at = 0;; ++at) {
        const auto& each = all[at];
        const auto op = operation(each.code);
        const std::uint32_t operand = op == each.code ? each.k : x;
        switch (op) {
            case ld_word_abs: a = word_at(data, each.k, order); break;
            case ld_word_len: a = data_size; break;
            case ldx_word_len: x = data_size; break;
            case ld_imm: a = each.k; break;
            case ldx_imm: x = each.k; break;
            case ld_mem: a = memory[each.k]; break;
            case ldx_mem: x = memory[each.k]; break;
            case st: memory[each.k] = a; break;
            case stx: memory[each.k] = x; break;
            case tax: x = a; break;
            case txa: a = x; break;
            case ret_k: return each.k;
            case ret_a: return a;
            case jump: at += each.k; break;
            case jump_eq:
            case jump_gt:
            case jump_ge:
            case jump_set: at += holds(op, a, operand) ? each.jump_true : each.jump_false; break;
            default:
                if (!compute(op, a, operand)) return 0;
        }
    }
}

}  // namespace

SeccompData seccomp_data(Syscall syscall, const std::array<std::uint64_t, 6>& args) noexcept {
    const Arch token = syscall.arch == Arch::x32 ? Arch::x86_64 : syscall.arch;
    return {
        .nr = syscall.nr, .arch = static_cast<std::uint32_t>(token), .instruction_pointer = 0, .args = args};
}

Ruling ruling_of(std::uint32_t returned) noexcept {
    const auto action = static_cast<Action>(returned & 0xffff0000U);
    const auto data = static_cast<std::uint16_t>(returned & 0xffffU);
    switch (action) {
        case Action::kill_process:
        case Action::kill_thread:
        case Action::trap:
        case Action::errno_:
        case Action::notify:
        case Action::trace:
        case Action::log:
        case Action::allow: return {action, data};
    }
    return {Action::kill_process, data};
}

Program::Program(std::vector<Instruction> instructions, ByteOrder order)
    : instructions_(std::move(instructions)), order_(order) {
    check(instructions_);
}

Ruling Program::evaluate(const SeccompData& data) const noexcept {
    return ruling_of(run(instructions_, data, order_));
}

Ruling evaluate(std::span<const Instruction> instructions, const SeccompData& data) {
    check(instructions);
    return ruling_of(run(instructions, data, ByteOrder::little));
}

}  // namespace scgen
