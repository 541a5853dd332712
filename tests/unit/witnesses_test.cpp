#include "scgen/observe/witnesses.hpp"

#include <gtest/gtest.h>

namespace scgen {
namespace {

constexpr Observed read_call{{Arch::x86_64, 0}, Action::log};

void see(Witnesses& witnesses, std::int32_t pid, std::string_view comm, std::string_view line) {
    Record record;
    record.pid = pid;
    record.comm = {Text::Form::quoted, comm};
    record.syscall = read_call.syscall;
    witnesses.saw({record, line, true});
}

Workload workload(std::int32_t pid) {
    Workload workload;
    workload.pids = {pid};
    return workload;
}

TEST(Witnesses, TheFirstRecordOfACallOfAProcessIsKept) {
    Witnesses witnesses;
    see(witnesses, 7, "a", "first");
    see(witnesses, 7, "b", "second");
    see(witnesses, 8, "c", "third");
    ASSERT_NE(witnesses.find(workload(7), read_call), nullptr);
    EXPECT_EQ(witnesses.find(workload(7), read_call)->line, "first");
    EXPECT_EQ(witnesses.find(workload(8), read_call)->comm, "c");
    EXPECT_EQ(witnesses.find(workload(9), read_call), nullptr);
    EXPECT_EQ(witnesses.find(workload(7), {{Arch::x86_64, 1}, Action::log}), nullptr);
    EXPECT_EQ(witnesses.find(workload(7), {{Arch::x86_64, 0}, Action::errno_}), nullptr);
}

TEST(Witnesses, MemoryIsBounded) {
    Witnesses witnesses;
    const std::string long_line(100'000, 'x');
    for (std::int32_t pid = 1; pid <= 70'000; ++pid)
        see(witnesses, pid, "a", pid == 1 ? long_line : "line");
    EXPECT_LT(witnesses.find(workload(1), read_call)->line.size(), 2000U);
    EXPECT_EQ(witnesses.find(workload(70'000), read_call), nullptr);
}

}  // namespace
}  // namespace scgen
