#include <gtest/gtest.h>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/generate.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

Workload seen(const std::vector<std::string_view>& names, Arch arch = Arch::x86_64) {
    Workload workload;
    for (const std::string_view name : names) {
        const auto nr = syscall_number(arch, name);
        EXPECT_TRUE(nr) << name;
        Evidence evidence;
        evidence.count = 1;
        workload.calls.emplace(Observed{{arch, nr.value_or(0)}, Action::log}, evidence);
    }
    return workload;
}

Generated closed(const std::vector<std::string_view>& names, GenerateOptions options = {},
                 Arch arch = Arch::x86_64) {
    options.closure = Closure::full;
    return generate(seen(names, arch), options);
}

std::vector<Rule> rules_for(const Generated& generated, const std::string& name) {
    std::vector<Rule> rules;
    for (const Rule& rule : generated.profile.rules)
        if (rule.names.contains(name)) rules.push_back(rule);
    return rules;
}

bool allows(const Generated& generated, const std::string& name) {
    const auto rules = rules_for(generated, name);
    return rules.size() == 1 && rules.front().action == Action::allow && rules.front().args.empty();
}

TEST(Closure, AddsSiblingsWithTheirReason) {
    const Generated result = closed({"open", "epoll_wait"});
    for (const std::string name : {"openat", "openat2", "creat", "epoll_pwait", "epoll_pwait2"}) {
        EXPECT_TRUE(allows(result, name)) << name;
        EXPECT_NE(result.added.at(name).find("(seen)"), std::string::npos) << result.added.at(name);
    }
    EXPECT_FALSE(result.added.contains("open"));
    EXPECT_FALSE(allows(result, "stat"));
    EXPECT_TRUE(allows(result, "exit_group")) << "full is more than implicit";
}

TEST(Closure, WeakerCallsBringNothing) {
    EXPECT_FALSE(allows(closed({"creat"}), "open"));
    EXPECT_FALSE(closed({"creat"}).added.contains("openat"));
}

TEST(Closure, OtherClosuresAddNoSibling) {
    GenerateOptions options;
    const Generated implicit = generate(seen({"open"}), options);
    EXPECT_FALSE(implicit.added.contains("openat"));
    EXPECT_EQ(implicit.profile.default_errno, 1U);
    EXPECT_TRUE(implicit.forbidden.empty());
}

TEST(Closure, GuardsClone) {
    const Generated result = closed({"fork"});
    ASSERT_EQ(rules_for(result, "clone").size(), 1U);
    EXPECT_EQ(rules_for(result, "clone").front().args,
              (std::vector{Comparison{0, Op::masked_eq, 0x7e020000, 0}}));
    EXPECT_FALSE(allows(result, "clone3"));
    const Generated s390x = closed({"fork"}, {}, Arch::s390x);
    ASSERT_EQ(rules_for(s390x, "clone").size(), 1U);
    EXPECT_EQ(rules_for(s390x, "clone").front().args.front().index, 1U);
    GenerateOptions mixed;
    mixed.architectures = {Arch::x86_64, Arch::s390x};
    EXPECT_TRUE(rules_for(closed({"fork"}, mixed), "clone").empty()) << "no argument guards on both";
    EXPECT_TRUE(allows(closed({"fork", "clone"}), "clone")) << "what was seen is allowed as it is";
}

TEST(Closure, AnswersClone3WhereTheDefaultIsNotEnosys) {
    GenerateOptions kill;
    kill.default_action = Action::kill_process;
    const Generated result = closed({"clone"}, kill);
    ASSERT_EQ(rules_for(result, "clone3").size(), 1U);
    EXPECT_EQ(rules_for(result, "clone3").front().errno_ret, 38U);
    EXPECT_TRUE(result.added.contains("clone3"));
    EXPECT_FALSE(closed({"clone"}).added.contains("clone3")) << "the default says it already";
    GenerateOptions log;
    log.default_action = Action::log;
    EXPECT_TRUE(rules_for(closed({"clone"}, log), "clone3").empty()) << "a default that permits stays so";
}

TEST(Closure, GuardsLimits) {
    const Generated reads = closed({"getrlimit"});
    ASSERT_EQ(rules_for(reads, "prlimit64").size(), 1U);
    EXPECT_EQ(rules_for(reads, "prlimit64").front().args,
              (std::vector{Comparison{0, Op::eq, 0, 0}, Comparison{2, Op::eq, 0, 0}}));
    EXPECT_EQ(rules_for(closed({"getrlimit", "setrlimit"}), "prlimit64").front().args,
              (std::vector{Comparison{0, Op::eq, 0, 0}}));
    EXPECT_TRUE(allows(closed({"prlimit64"}), "getrlimit"));
}

TEST(Closure, CarriesSubCallsOnlyWhereThe32BitAbiIs) {
    EXPECT_TRUE(rules_for(closed({"connect"}), "socketcall").empty());
    GenerateOptions with_x86;
    with_x86.architectures = {Arch::x86_64, Arch::x86};
    const Generated result = closed({"connect", "semget"}, with_x86);
    ASSERT_EQ(rules_for(result, "socketcall").size(), 1U);
    EXPECT_EQ(rules_for(result, "socketcall").front().args, (std::vector{Comparison{0, Op::eq, 3, 0}}));
    EXPECT_EQ(rules_for(result, "ipc").front().args, (std::vector{Comparison{0, Op::masked_eq, 0xffff, 2}}));
}

TEST(Closure, DefaultsToEnosysAndForbidsTheDangerous) {
    const Generated result = closed({"read", "mount"});
    EXPECT_EQ(result.profile.default_errno, 38U);
    ASSERT_EQ(rules_for(result, "bpf").size(), 1U);
    EXPECT_EQ(rules_for(result, "bpf").front().errno_ret, 1U);
    EXPECT_TRUE(result.forbidden.contains("bpf"));
    EXPECT_TRUE(allows(result, "mount")) << "what was seen is allowed";
    EXPECT_FALSE(result.forbidden.contains("mount"));
    EXPECT_TRUE(rules_for(result, "clone3").empty()) << "libc needs ENOSYS";
    GenerateOptions kill;
    kill.default_action = Action::kill_process;
    EXPECT_TRUE(closed({"read"}, kill).forbidden.empty()) << "EPERM would be less than a kill";
}

TEST(Closure, NeverImpliesDangerousPowers) {
    std::vector<std::string_view> all;
    const std::set<std::string_view> dangerous{"io_uring_setup",
                                               "io_uring_enter",
                                               "io_uring_register",
                                               "bpf",
                                               "ptrace",
                                               "process_vm_readv",
                                               "process_vm_writev",
                                               "mount",
                                               "umount2",
                                               "move_mount",
                                               "open_tree",
                                               "fsopen",
                                               "fsmount",
                                               "fsconfig",
                                               "fspick",
                                               "mount_setattr",
                                               "pivot_root",
                                               "setns",
                                               "unshare",
                                               "keyctl",
                                               "add_key",
                                               "request_key",
                                               "userfaultfd",
                                               "perf_event_open",
                                               "kexec_load",
                                               "kexec_file_load",
                                               "init_module",
                                               "finit_module",
                                               "delete_module",
                                               "open_by_handle_at",
                                               "pidfd_getfd",
                                               "memfd_secret",
                                               "execveat"};
    for (const SyscallRow& row : syscalls_of(Arch::x86_64))
        if (!dangerous.contains(row.name)) all.push_back(row.name);
    const Generated result = closed(all);
    for (const std::string_view name : dangerous)
        EXPECT_FALSE(allows(result, std::string(name))) << name;
}

TEST(Closure, DeniedNamesStayOut) {
    GenerateOptions options;
    options.deny = {"openat", "clone"};
    const Generated result = closed({"open", "fork"}, options);
    EXPECT_TRUE(rules_for(result, "openat").empty());
    EXPECT_TRUE(rules_for(result, "clone").empty());
    EXPECT_TRUE(allows(result, "openat2"));
}

}  // namespace
}  // namespace scgen
