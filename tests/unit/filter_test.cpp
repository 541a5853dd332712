#include "scgen/profile/filter.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scgen/error.hpp"

namespace scgen {
namespace {

Profile deny_all(std::set<Arch> archs) {
    return {.default_action = Action::errno_,
            .default_errno = 1,
            .architectures = std::move(archs),
            .flags = {},
            .listener_path = {},
            .listener_metadata = {},
            .rules = {}};
}

Ruling ask(const Filter& filter, Arch arch, std::string_view name, std::array<std::uint64_t, 6> args = {}) {
    return filter.evaluate(seccomp_data({arch, syscall_number(arch, name).value()}, args));
}

constexpr Ruling allowed{Action::allow, 0};
constexpr Ruling eperm{Action::errno_, 1};
constexpr Ruling bad_arch{Action::kill_thread, 0};

TEST(Filter, GivesEachActionItsRuling) {
    Profile profile = deny_all({Arch::x86_64});
    profile.default_action = Action::kill_process;
    profile.rules = {{{"read"}, Action::allow, {}, {}},  {{"write"}, Action::log, {}, {}},
                     {{"open"}, Action::errno_, 38, {}}, {{"close"}, Action::errno_, {}, {}},
                     {{"stat"}, Action::trace, 7, {}},   {{"fstat"}, Action::trace, {}, {}},
                     {{"lstat"}, Action::trap, {}, {}},  {{"poll"}, Action::kill_thread, {}, {}},
                     {{"lseek"}, Action::notify, {}, {}}};
    const Filter filter = Filter::compile(profile);
    const struct {
        const char* name;
        Ruling expected;
    } cases[] = {{"read", allowed},
                 {"write", {Action::log, 0}},
                 {"open", {Action::errno_, 38}},
                 {"close", eperm},
                 {"stat", {Action::trace, 7}},
                 {"fstat", {Action::trace, 1}},
                 {"lstat", {Action::trap, 0}},
                 {"poll", {Action::kill_thread, 0}},
                 {"lseek", {Action::notify, 0}},
                 {"mmap", {Action::kill_process, 0}}};
    for (const auto& each : cases)
        EXPECT_EQ(ask(filter, Arch::x86_64, each.name), each.expected) << each.name;
}

TEST(Filter, KillsAbisThatAreNotListed) {
    Profile profile = deny_all({Arch::x86_64});
    profile.rules = {{{"read", "getpid"}, Action::allow, {}, {}}};
    const Filter filter = Filter::compile(profile);
    EXPECT_EQ(ask(filter, Arch::x86_64, "read"), allowed);
    EXPECT_EQ(ask(filter, Arch::x86, "read"), bad_arch);
    EXPECT_EQ(ask(filter, Arch::x32, "read"), bad_arch);
    EXPECT_EQ(filter.evaluate(seccomp_data({Arch::x86_64, -1})), eperm) << "tracers skip a call with -1";

    profile.architectures = {Arch::x86_64, Arch::x32, Arch::x86};
    const Filter all = Filter::compile(profile);
    for (const Arch arch : profile.architectures)
        EXPECT_EQ(ask(all, arch, "read"), allowed) << arch_info(arch)->name;
    EXPECT_EQ(ask(all, Arch::aarch64, "read"), bad_arch);
}

TEST(Filter, IsForExactlyTheAbisListedWhateverMachineThisIs) {
    for (const Arch arch :
         {Arch::aarch64, Arch::arm, Arch::riscv64, Arch::s390x, Arch::ppc64le, Arch::mips, Arch::x86}) {
        Profile profile = deny_all({arch});
        profile.rules = {{{"read"}, Action::allow, {}, {}},
                         {{"personality"}, Action::allow, {}, {{0, Comparison::Op::eq, 8, 0}}}};
        const Filter filter = Filter::compile(profile);
        const auto name = arch_info(arch)->name;
        EXPECT_EQ(ask(filter, arch, "read"), allowed) << name;
        EXPECT_EQ(ask(filter, arch, "write"), eperm) << name;
        EXPECT_EQ(ask(filter, arch, "personality", {8}), allowed) << name;
        EXPECT_EQ(ask(filter, arch, "personality", {9}), eperm) << name;
        EXPECT_EQ(ask(filter, Arch::x86_64, "read"), bad_arch) << name;
    }
}

TEST(Filter, NoListMeansTheNativeAbi) {
    Profile profile = deny_all({});
    profile.rules = {{{"read"}, Action::allow, {}, {}}};
    EXPECT_EQ(ask(Filter::compile(profile), native_arch(), "read"), allowed);
}

TEST(Filter, SkipsWhatRuntimesSkip) {
    Profile profile = deny_all({Arch::x86_64});
    profile.rules = {{{"read", "no_such_call", std::string("re\0d", 4)}, Action::allow, {}, {}},
                     {{"write"}, Action::errno_, 1, {}},
                     {{"write"}, Action::errno_, {}, {}}};
    const Filter filter = Filter::compile(profile);
    EXPECT_EQ(filter.skipped(), (std::set<std::string>{"no_such_call", std::string("re\0d", 4)}));
    EXPECT_EQ(ask(filter, Arch::x86_64, "read"), allowed);
    EXPECT_EQ(ask(filter, Arch::x86_64, "write"), eperm);
}

TEST(Filter, OrsAllConditionsOfARuleThatRepeatsAnArgument) {
    Profile profile = deny_all({Arch::x86_64});
    using Op = Comparison::Op;
    profile.rules = {
        {{"personality"}, Action::allow, {}, {{0, Op::eq, 8, 0}, {1, Op::eq, 1, 0}}},
        {{"prctl"}, Action::allow, {}, {{0, Op::eq, 8, 0}, {0, Op::eq, 9, 0}, {1, Op::eq, 1, 0}}}};
    const Filter filter = Filter::compile(profile);
    EXPECT_EQ(ask(filter, Arch::x86_64, "personality", {8, 0}), eperm);
    EXPECT_EQ(ask(filter, Arch::x86_64, "personality", {8, 1}), allowed);
    EXPECT_EQ(ask(filter, Arch::x86_64, "prctl", {8, 0}), allowed);
    EXPECT_EQ(ask(filter, Arch::x86_64, "prctl", {9, 0}), allowed);
    EXPECT_EQ(ask(filter, Arch::x86_64, "prctl", {7, 1}), allowed) << "the lone condition is a rule too";
    EXPECT_EQ(ask(filter, Arch::x86_64, "prctl", {7, 0}), eperm);
}

TEST(Filter, RefusesWhatNoRuntimeLoads) {
    using Op = Comparison::Op;
    const auto with = [](auto change) {
        Profile profile = deny_all({Arch::x86_64});
        change(profile);
        return profile;
    };
    Rule many{{"ioctl"}, Action::allow, {}, {}};
    for (std::uint64_t value = 0; value < 5000; ++value)
        many.args.push_back({1, Op::eq, 2 * value + (value << 33), 0});
    Rule far_too_many{{"ioctl", "fcntl", "prctl", "futex", "madvise"}, Action::allow, {}, many.args};
    const struct {
        Profile profile;
        const char* why;
    } cases[] = {
        {with([](Profile& p) {
             p.architectures = {Arch::x86_64, Arch::s390x};
         }),
         "byte order"},
        {with([](Profile& p) { p.architectures = {static_cast<Arch>(0x12345678)}; }),
         "does not know this ABI"},
        {with([](Profile& p) { p.default_action = Action::notify; }), "notify"},
        {with([](Profile& p) {
             p.rules = {{{"write"}, Action::notify, {}, {}}};
         }),
         "write"},
        {with([](Profile& p) {
             p.rules = {{{"dup"}, Action::allow, {}, {{6, Op::eq, 0, 0}}}};
         }),
         "argument 6"},
        {with([](Profile& p) {
             p.rules = {{{"dup"}, Action::allow, {}, {{0, Op::eq, 1, 0}}},
                        {{"dup"}, Action::log, {}, {{0, Op::eq, 1, 0}}}};
         }),
         "contradict"},
        {with([&](Profile& p) { p.rules = {many}; }), "the kernel takes 4096"},
        {with([&](Profile& p) { p.rules = {far_too_many}; }), "more than 8192"},
    };
    for (const auto& each : cases) {
        try {
            Filter::compile(each.profile);
            ADD_FAILURE() << "taken, though: " << each.why;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(each.why), std::string::npos) << error.what();
        }
    }
}

TEST(Filter, RefusesWhatLibseccompNeverFinishes) {
    Profile profile = deny_all({Arch::x86_64});
    const Comparison shared{0, Comparison::Op::ne, 5, 0};
    profile.rules = {{{"personality"}, Action::allow, {}, {shared, {1, Comparison::Op::gt, 2, 0}}},
                     {{"personality"}, Action::allow, {}, {shared, {2, Comparison::Op::le, 1, 0}}}};
    // A libseccomp without the fault compiles it rightly, which is as good.
    try {
        EXPECT_EQ(ask(Filter::compile(profile), Arch::x86_64, "personality", {4, 3}), allowed);
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("does not come to an end"), std::string::npos);
    }
    profile.rules[1].args = {{0, Comparison::Op::eq, 7, 0}, {2, Comparison::Op::le, 1, 0}};
    EXPECT_EQ(ask(Filter::compile(profile), Arch::x86_64, "personality", {4, 3}), allowed);
}

TEST(Filter, BytesAreInTheByteOrderOfTheAbis) {
    Profile profile = deny_all({Arch::s390x});
    profile.rules = {{{"read"}, Action::allow, {}, {}}};
    const Filter big = Filter::compile(profile);
    ASSERT_EQ(big.bytes().size(), big.instructions().size() * 8);
    EXPECT_EQ(big.bytes().substr(0, 8), std::string("\x00\x20\x00\x00\x00\x00\x00\x04", 8)) << "load arch";
    profile.architectures = {Arch::aarch64};
    const Filter little = Filter::compile(profile);
    EXPECT_EQ(little.bytes().substr(0, 8), std::string("\x20\x00\x00\x00\x04\x00\x00\x00", 8)) << "load arch";
    EXPECT_EQ(little.instructions().front(), (Instruction{0x20, 0, 0, 4}));
}

TEST(Filter, PseudoCodeNamesTheCalls) {
    Profile profile = deny_all({Arch::x86_64});
    profile.rules = {{{"getpid"}, Action::allow, {}, {}}};
    const std::string text = filter_pseudo_code(profile);
    EXPECT_NE(text.find("getpid"), std::string::npos) << text;
    EXPECT_NE(text.find("action ALLOW"), std::string::npos) << text;
}

TEST(Filter, KnowsWhatLibseccompKnows) {
    EXPECT_TRUE(libseccomp_knows("read"));
    EXPECT_TRUE(libseccomp_knows("socketcall")) << "of another ABI";
    EXPECT_FALSE(libseccomp_knows("no_such_call"));
    EXPECT_TRUE(libseccomp_knows({Arch::x86, 359}, "socket"));
    EXPECT_FALSE(libseccomp_knows({Arch::x86, 359}, "read"));
    EXPECT_TRUE(libseccomp_knows(Arch::s390x));
    EXPECT_FALSE(libseccomp_knows(static_cast<Arch>(0x12345678)));
    EXPECT_EQ(libseccomp_version().substr(0, 2), "2.");
}

}  // namespace
}  // namespace scgen
