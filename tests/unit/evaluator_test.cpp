#include "scgen/profile/evaluator.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scgen/error.hpp"

// Programs are written with the kernel's numbers for codes, so that a wrong constant in the machine cannot
// hide.

namespace scgen {
namespace {

using Program_ = std::vector<Instruction>;

constexpr std::uint16_t ld_abs = 0x20;
constexpr std::uint16_t ld_imm = 0x00;
constexpr std::uint16_t ldx_imm = 0x01;
constexpr std::uint16_t ret_k = 0x06;
constexpr std::uint16_t ret_a = 0x16;
constexpr std::uint16_t jeq = 0x15;
constexpr std::uint16_t ja = 0x05;

constexpr std::uint32_t allow = 0x7fff0000;
constexpr std::uint32_t kill_thread = 0;

SeccompData some_call() {
    return {.nr = 7,
            .arch = 0xc000003e,
            .instruction_pointer = 0x1111222233334444,
            .args = {0xa0a0a0a0b0b0b0b0, 0x0000000100000002, 3, 4, 5, 0xffffffff00000000}};
}

/// What A holds after `body`, by way of errno's sixteen bits.
std::uint32_t sixteen_bits_of_a(Program_ body) {
    body.push_back({0x54, 0, 0, 0xffff});      // A &= 0xffff
    body.push_back({0x44, 0, 0, 0x00050000});  // A |= SECCOMP_RET_ERRNO
    body.push_back({ret_a, 0, 0, 0});
    const Ruling ruling = evaluate(body, some_call());
    EXPECT_EQ(ruling.action, Action::errno_);
    return ruling.data;
}

TEST(Evaluator, Computes) {
    const struct {
        const char* what;
        Program_ body;
        std::uint32_t expected;
    } cases[] = {
        {"nr", {{ld_abs, 0, 0, 0}}, 7},
        {"arch", {{ld_abs, 0, 0, 4}}, 0x003e},
        {"instruction pointer, low half", {{ld_abs, 0, 0, 8}}, 0x4444},
        {"instruction pointer, high half", {{ld_abs, 0, 0, 12}}, 0x2222},
        {"argument 0, low half", {{ld_abs, 0, 0, 16}}, 0xb0b0},
        {"argument 0, high half", {{ld_abs, 0, 0, 20}}, 0xa0a0},
        {"argument 1, high half", {{ld_abs, 0, 0, 28}}, 1},
        {"argument 5, high half", {{ld_abs, 0, 0, 60}}, 0xffff},
        {"length", {{0x80, 0, 0, 0}}, 64},
        {"length in X", {{0x81, 0, 0, 0}, {0x87, 0, 0, 0}}, 64},
        {"add", {{ld_imm, 0, 0, 5}, {0x04, 0, 0, 6}}, 11},
        {"add X", {{ld_imm, 0, 0, 5}, {ldx_imm, 0, 0, 7}, {0x0c, 0, 0, 0}}, 12},
        {"sub wraps", {{ld_imm, 0, 0, 5}, {0x14, 0, 0, 6}}, 0xffff},
        {"mul", {{ld_imm, 0, 0, 5}, {0x24, 0, 0, 6}}, 30},
        {"div", {{ld_imm, 0, 0, 50}, {0x34, 0, 0, 6}}, 8},
        {"div X", {{ld_imm, 0, 0, 50}, {ldx_imm, 0, 0, 7}, {0x3c, 0, 0, 0}}, 7},
        {"or", {{ld_imm, 0, 0, 0x50}, {0x44, 0, 0, 0x05}}, 0x55},
        {"and", {{ld_imm, 0, 0, 0x57}, {0x54, 0, 0, 0x0f}}, 7},
        {"xor", {{ld_imm, 0, 0, 0x57}, {0xa4, 0, 0, 0x0f}}, 0x58},
        {"shift left", {{ld_imm, 0, 0, 1}, {0x64, 0, 0, 4}}, 16},
        {"shift right", {{ld_imm, 0, 0, 0x80000000}, {0x74, 0, 0, 31}}, 1},
        {"shift by X takes five bits", {{ld_imm, 0, 0, 1}, {ldx_imm, 0, 0, 36}, {0x6c, 0, 0, 0}}, 16},
        {"negate", {{ld_imm, 0, 0, 1}, {0x84, 0, 0, 0}}, 0xffff},
        {"memory", {{ld_imm, 0, 0, 9}, {0x02, 0, 0, 15}, {ld_imm, 0, 0, 0}, {0x60, 0, 0, 15}}, 9},
        {"memory of X",
         {{ldx_imm, 0, 0, 8}, {0x03, 0, 0, 0}, {ldx_imm, 0, 0, 0}, {0x61, 0, 0, 0}, {0x87, 0, 0, 0}},
         8},
        {"A to X", {{ld_imm, 0, 0, 9}, {0x07, 0, 0, 0}, {ld_imm, 0, 0, 1}, {0x87, 0, 0, 0}}, 9},
        {"jump always", {{ld_imm, 0, 0, 1}, {ja, 0, 0, 1}, {ld_imm, 0, 0, 2}}, 1},
        {"jump if equal", {{ld_imm, 0, 0, 1}, {jeq, 0, 1, 1}, {ld_imm, 0, 0, 2}}, 2},
        {"jump if equal to X",
         {{ld_imm, 0, 0, 1}, {ldx_imm, 0, 0, 1}, {0x1d, 1, 0, 0}, {ld_imm, 0, 0, 2}},
         1},
        {"jump if greater", {{ld_imm, 0, 0, 0x80000000}, {0x25, 1, 0, 1}, {ld_imm, 0, 0, 2}}, 0},
        {"no jump, equal is not greater", {{ld_imm, 0, 0, 1}, {0x25, 1, 0, 1}, {ld_imm, 0, 0, 2}}, 2},
        {"jump if greater or equal", {{ld_imm, 0, 0, 1}, {0x35, 1, 0, 1}, {ld_imm, 0, 0, 2}}, 1},
        {"jump if a bit is set", {{ld_imm, 0, 0, 6}, {0x45, 1, 0, 2}, {ld_imm, 0, 0, 2}}, 6},
    };
    for (const auto& each : cases)
        EXPECT_EQ(sixteen_bits_of_a(each.body), each.expected) << each.what;
}

TEST(Evaluator, DivisionByXOfZeroKillsTheThread) {
    const Program_ program{{ld_imm, 0, 0, 1}, {ldx_imm, 0, 0, 0}, {0x3c, 0, 0, 0}, {ret_k, 0, 0, allow}};
    EXPECT_EQ(evaluate(program, {}), (Ruling{Action::kill_thread, 0}));
}

TEST(Evaluator, ReadsActionsAsTheKernelDoes) {
    const struct {
        std::uint32_t returned;
        Ruling expected;
    } cases[] = {
        {0x7fff0000, {Action::allow, 0}},        {0x7ffc0000, {Action::log, 0}},
        {0x00050026, {Action::errno_, 38}},      {0x7ff00007, {Action::trace, 7}},
        {0x7fc00000, {Action::notify, 0}},       {0x00030000, {Action::trap, 0}},
        {0x00000000, {Action::kill_thread, 0}},  {0x80000000, {Action::kill_process, 0}},
        {0x7ffd0000, {Action::kill_process, 0}}, {0xffff0000, {Action::kill_process, 0}},
        {0x00040001, {Action::kill_process, 1}},
    };
    for (const auto& each : cases)
        EXPECT_EQ(ruling_of(each.returned), each.expected) << std::hex << each.returned;
}

TEST(Evaluator, BigEndianMachinesKeepTheHighHalfFirst) {
    const Program_ program{
        {ld_abs, 0, 0, 24}, {jeq, 0, 1, 1}, {ret_k, 0, 0, allow}, {ret_k, 0, 0, kill_thread}};
    EXPECT_EQ(Program(program, ByteOrder::big).evaluate(some_call()).action, Action::allow);
    EXPECT_EQ(Program(program, ByteOrder::little).evaluate(some_call()).action, Action::kill_thread);
}

TEST(Evaluator, RefusesWhatTheKernelRefuses) {
    const Instruction end{ret_k, 0, 0, allow};
    const struct {
        const char* what;
        Program_ program;
        const char* why;
    } cases[] = {
        {"nothing", {}, "empty"},
        {"no return at the end", {{ld_imm, 0, 0, 0}}, "no return"},
        {"a jump at the end", {end, {ja, 0, 0, 0}}, "beyond the end"},
        {"load past the data", {{ld_abs, 0, 0, 64}, end}, "offset 64"},
        {"load far past the data", {{ld_abs, 0, 0, 0xfffffffc}, end}, "offset 4294967292"},
        {"load across words", {{ld_abs, 0, 0, 2}, end}, "offset 2"},
        {"load of a half word", {{0x28, 0, 0, 0}, end}, "code 40"},
        {"load of a byte", {{0x30, 0, 0, 0}, end}, "code 48"},
        {"load relative to X", {{0x40, 0, 0, 0}, end}, "code 64"},
        {"load of a header length", {{0xb1, 0, 0, 0}, end}, "code 177"},
        {"modulo", {{0x94, 0, 0, 2}, end}, "code 148"},
        {"negate with X", {{0x8c, 0, 0, 0}, end}, "code 140"},
        {"jump with X", {{0x0d, 0, 0, 0}, end}, "code 13"},
        {"return of X", {{0x0e, 0, 0, 0}, end}, "code 14"},
        {"a code above eight bits", {{0x100 | ld_imm, 0, 0, 0}, end}, "code 256"},
        {"write past memory", {{0x02, 0, 0, 16}, end}, "M[16]"},
        {"write of X past memory", {{0x03, 0, 0, 0xffffffff}, end}, "M[4294967295]"},
        {"read past memory", {{0x60, 0, 0, 16}, end}, "M[16]"},
        {"read before a write", {{0x60, 0, 0, 3}, end}, "before any write"},
        {"read that one path reaches unwritten",
         {{jeq, 1, 0, 0}, {0x02, 0, 0, 3}, {0x61, 0, 0, 3}, end},
         "before any write"},
        {"jump past the end", {{ja, 0, 0, 1}, end}, "beyond the end"},
        {"jump round to the start", {end, {ja, 0, 0, 0xfffffffe}, end}, "beyond the end"},
        {"jump past the end if true", {{jeq, 1, 0, 0}, end}, "beyond the end"},
        {"jump past the end if false", {{0x3d, 0, 255, 0}, end}, "beyond the end"},
        {"division by zero", {{0x34, 0, 0, 0}, end}, "by zero"},
        {"shift by 32", {{0x64, 0, 0, 32}, end}, "more than 31"},
        {"shift by far too much", {{0x74, 0, 0, 0x80000000}, end}, "more than 31"},
        {"one too many", Program_(max_instructions + 1, end), "4097 instructions"},
    };
    for (const auto& each : cases) {
        try {
            evaluate(each.program, {});
            ADD_FAILURE() << each.what << " was taken";
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(each.why), std::string::npos)
                << each.what << ": " << error.what();
        }
    }
}

TEST(Evaluator, TakesWhatTheKernelTakes) {
    const Instruction end{ret_k, 0, 0, allow};
    const struct {
        const char* what;
        Program_ program;
    } cases[] = {
        {"the longest", Program_(max_instructions, end)},
        {"what no path reaches", {end, {ld_imm, 0, 0, 0}, end}},
        {"a read that all paths write before",
         {{jeq, 2, 0, 0}, {0x02, 0, 0, 3}, {ja, 0, 0, 1}, {0x03, 0, 0, 3}, {0x60, 0, 0, 3}, end}},
        {"a jump to the last", {{ja, 0, 0, 0}, end}},
    };
    for (const auto& each : cases)
        EXPECT_EQ(evaluate(each.program, {}).action, Action::allow) << each.what;
}

TEST(Evaluator, X32BearsTheTokenOfX86_64) {
    EXPECT_EQ(seccomp_data({Arch::x32, 0x40000001}).arch, 0xc000003eU);
    EXPECT_EQ(seccomp_data({Arch::x32, 0x40000001}).nr, 0x40000001);
    EXPECT_EQ(seccomp_data({Arch::x86, 5}).arch, 0x40000003U);
}

}  // namespace
}  // namespace scgen
