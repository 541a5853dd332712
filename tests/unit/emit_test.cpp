#include "scgen/profile/emit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "scgen/error.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

using Op = Comparison::Op;

Profile allowing(std::set<std::string> names, Action default_action = Action::errno_) {
    Profile profile;
    profile.default_action = default_action;
    profile.architectures = {Arch::x86_64};
    profile.rules = {Rule{std::move(names), Action::allow, {}, {}}};
    return profile;
}

Profile denying(std::set<std::string> names, Action denial, std::optional<std::uint32_t> errno_ret = {}) {
    Profile profile = allowing({}, Action::allow);
    profile.rules = {Rule{std::move(names), denial, errno_ret, {}}};
    return profile;
}

Profile with(Profile profile, Rule rule) {
    profile.rules.push_back(std::move(rule));
    return profile;
}

Profile on(Profile profile, std::set<Arch> archs) {
    profile.architectures = std::move(archs);
    return profile;
}

std::string error_of(const Profile& profile, Format format, const EmitOptions& options = {}) {
    try {
        emit(profile, format, options);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

bool has_note(const Written& written, std::string_view text) {
    return std::any_of(written.notes.begin(), written.notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

const Rule clone_without_namespaces{{"clone"}, Action::allow, {}, {{0, Op::masked_eq, 0x7e020000, 0}}};
const Rule clone3_enosys{{"clone3"}, Action::errno_, 38, {}};
constexpr Format forms_of_names[] = {Format::systemd, Format::firejail, Format::names};
constexpr Format text_forms[] = {Format::spo,   Format::systemd, Format::minijail, Format::firejail,
                                 Format::names, Format::c,       Format::bpf,      Format::pfc};

TEST(Emit, KnowsItsFormsByName) {
    for (const char* name : {"oci", "spo", "systemd", "minijail", "firejail", "names", "c", "bpf", "pfc"}) {
        const auto format = format_from_name(name);
        ASSERT_TRUE(format) << name;
        EXPECT_EQ(format_name(*format), name);
    }
    for (const char* name : {"", "OCI", "json", "oc", "oci "})
        EXPECT_FALSE(format_from_name(name)) << name;
}

TEST(Emit, OciIsWhatWriteProfileWrites) {
    const Profile profile = with(allowing({"read", "exit_group"}), clone_without_namespaces);
    const Written written = emit(profile, Format::oci);
    EXPECT_EQ(written.bytes, write_profile(profile));
    EXPECT_TRUE(written.notes.empty());
}

TEST(Emit, EqualProfilesGiveEqualBytes) {
    Profile split = allowing({"write", "execve"});
    split.rules.push_back(Rule{{"read"}, Action::allow, {}, {}});
    const Profile joint = allowing({"execve", "read", "write"});
    for (const Format format : text_forms)
        EXPECT_EQ(emit(split, format).bytes, emit(joint, format).bytes) << format_name(format);
}

TEST(Emit, RefusesNamesThatCouldWriteLinesOfTheirOwn) {
    const char* const names[] = {"a b",        "read\nSystemCallFilter=",
                                 "read,write", "read\"",
                                 "@default",   "0read",
                                 "12",         "read:1",
                                 "~read",      "r\x1b[m",
                                 "\xc3\xa9"};
    for (const char* name : names)
        for (const Format format : text_forms) {
            const std::string error = error_of(allowing({"execve", name}), format);
            EXPECT_NE(error.find("is no name of a system call"), std::string::npos)
                << format_name(format) << ": " << name << ": " << error;
            EXPECT_EQ(error.find_first_of("\n\x1b"), std::string::npos)
                << format_name(format) << ": " << name;
        }
    EXPECT_NE(error_of(allowing({std::string(65, 'a')}), Format::names), "");
}

TEST(EmitNames, OneALine) {
    const Written written =
        emit(with(allowing({"write", "read"}), {{"getpid"}, Action::log, {}, {}}), Format::names);
    EXPECT_EQ(written.bytes, "getpid\nread\nwrite\n");
    EXPECT_TRUE(has_note(written, "getpid: listed, but not that they are logged"));
}

TEST(EmitNames, RefusesADenyList) {
    EXPECT_NE(
        error_of(denying({"mkdir"}, Action::errno_), Format::names).find("allows whatever it does not name"),
        std::string::npos);
}

TEST(EmitNameForms, RefuseConditionsNamingTheRule) {
    for (const Format format : forms_of_names) {
        const std::string error = error_of(with(allowing({"read"}), clone_without_namespaces), format);
        EXPECT_EQ(
            error,
            std::string(format_name(format)) +
                ": clone: the profile has allow only where arg0 & 0x7e020000 == 0x0, and this form has no "
                "conditions on arguments; take clone out of the profile or give it one action whatever its "
                "arguments, or write --format oci, spo, c or bpf");
        EXPECT_NE(error_of(with(denying({"mkdir"}, Action::errno_),
                                {{"socket"}, Action::errno_, 1, {{0, Op::eq, 16, 0}}}),
                           format)
                      .find("socket"),
                  std::string::npos)
            << format_name(format);
    }
}

TEST(EmitNameForms, TakeANameThatIsAllowedWhateverItsArguments) {
    const Profile profile =
        with(with(allowing({"execve"}), clone_without_namespaces), {{"clone"}, Action::allow, {}, {}});
    EXPECT_EQ(emit(profile, Format::names).bytes, "clone\nexecve\n");
}

TEST(EmitNameForms, RefuseTracersAndListeners) {
    for (const Format format : {Format::systemd, Format::firejail, Format::names, Format::minijail})
        for (const Action action : {Action::trace, Action::notify}) {
            const std::string error = error_of(with(allowing({"read"}), {{"mount"}, action, {}, {}}), format);
            EXPECT_NE(error.find("mount: SCMP_ACT_"), std::string::npos)
                << format_name(format) << ": " << error;
        }
}

TEST(EmitSystemd, ExactlyTheNamesOfAnAllowList) {
    Profile profile = allowing({"execve", "exit_group", "read", "write"});
    profile.architectures = {Arch::x86_64, Arch::x86, Arch::x32, Arch::aarch64};
    const Written written = emit(with(profile, {{"getpid"}, Action::log, {}, {}}), Format::systemd);
    EXPECT_EQ(written.bytes,
              "# A drop-in: put it in /etc/systemd/system/UNIT.d/ and run systemctl daemon-reload.\n"
              "[Service]\n"
              "SystemCallArchitectures=\n"
              "SystemCallArchitectures=arm64 x32 x86 x86-64\n"
              "SystemCallFilter=\n"
              "SystemCallFilter=@default\n"
              "SystemCallFilter=~@default\n"
              "SystemCallFilter=execve exit_group getpid read write\n"
              "SystemCallErrorNumber=1\n"
              "SystemCallLog=\n"
              "SystemCallLog=getpid\n");
    EXPECT_TRUE(written.notes.empty());
}

TEST(EmitSystemd, ADenyListHasItsErrnosAndKills) {
    Profile profile = with(denying({"mkdir"}, Action::errno_, 38), {{"reboot"}, Action::trap, {}, {}});
    profile.architectures.clear();
    const Written written = emit(profile, Format::systemd);
    EXPECT_EQ(written.bytes,
              "# A drop-in: put it in /etc/systemd/system/UNIT.d/ and run systemctl daemon-reload.\n"
              "[Service]\n"
              "SystemCallArchitectures=\n"
              "SystemCallArchitectures=native\n"
              "SystemCallFilter=\n"
              "SystemCallFilter=~mkdir:38 reboot:kill\n"
              "SystemCallLog=\n");
    EXPECT_TRUE(has_note(written, "reboot: trap in the profile, kill_process in this form"));
}

TEST(EmitSystemd, LogsWhatAProfileForRecordingLogs) {
    const Written written = emit(allowing({"exit_group"}, Action::log), Format::systemd);
    EXPECT_TRUE(written.bytes.ends_with("SystemCallFilter=\nSystemCallLog=\nSystemCallLog=~exit_group\n"))
        << written.bytes;
    EXPECT_NE(error_of(allowing({}, Action::log), Format::systemd).find("cannot log every call"),
              std::string::npos);
}

TEST(EmitSystemd, BreaksLongLists) {
    std::set<std::string> names{"execve"};
    for (char c = 'a'; c <= 'z'; ++c)
        names.insert(std::string(20, c));
    const std::string bytes = emit(allowing(names), Format::systemd).bytes;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = bytes.find('\n', at);
        EXPECT_LE(end - at, 110U);
        for (const auto& name : names)
            seen += (" " + bytes.substr(at, end - at) + " ").find(name) != std::string::npos ? 1U : 0U;
        at = end + 1;
    }
    EXPECT_EQ(seen, names.size());
}

TEST(EmitDenials, WeakerIsRefusedStrongerIsNoted) {
    for (const Format format : {Format::systemd, Format::firejail}) {
        const std::string error =
            error_of(with(allowing({"execve"}), {{"ptrace"}, Action::kill_process, {}, {}}), format);
        EXPECT_NE(error.find("ptrace: kill_process in the profile, errno 1 in this form, which is weaker"),
                  std::string::npos)
            << format_name(format) << ": " << error;
        const Written stronger = emit(with(allowing({"execve"}, Action::kill_thread), clone3_enosys), format);
        EXPECT_TRUE(has_note(stronger, "clone3: errno 38 in the profile, kill_")) << format_name(format);
        EXPECT_TRUE(has_note(emit(with(allowing({"execve"}), clone3_enosys), format),
                             "clone3: errno 38 in the profile, errno 1 in this form"))
            << format_name(format);
    }
}

TEST(EmitDenials, ErrnoZeroIsRefusedWhereTheFormHasNone) {
    Profile profile = allowing({"execve"});
    profile.default_errno = 0;
    for (const Format format : {Format::systemd, Format::firejail})
        EXPECT_NE(error_of(profile, format).find("defaultAction: errno 0"), std::string::npos)
            << format_name(format);
}

TEST(EmitFirejail, KeepsTheNamesAndBlocksOtherAbis) {
    const Written written = emit(
        on(allowing({"execve", "execveat", "prctl", "read"}), {Arch::x86_64, Arch::x86}), Format::firejail);
    EXPECT_EQ(
        written.bytes,
        "seccomp.keep execve,execveat,prctl,read\nseccomp.block-secondary\nseccomp-error-action EPERM\n");
    ASSERT_EQ(written.notes.size(), 1U);
    EXPECT_TRUE(has_note(written, "x86: allowed in the profile, blocked in this form"));
}

TEST(EmitFirejail, TellsWhatItAllowsWhateverItIsTold) {
    EXPECT_TRUE(has_note(emit(allowing({"execve", "read"}), Format::firejail),
                         "execveat and prctl: not allowed in the profile"));
}

TEST(EmitFirejail, DropsByErrnoNameOrKill) {
    const Profile profile = with(denying({"mkdir"}, Action::errno_, 38),
                                 {{"personality", "reboot"}, Action::kill_thread, {}, {}});
    EXPECT_EQ(emit(profile, Format::firejail).bytes,
              "seccomp.drop mkdir:ENOSYS,personality:kill,reboot:kill\nseccomp.block-secondary\n");
    EXPECT_NE(error_of(denying({"mkdir"}, Action::errno_, 4000), Format::firejail)
                  .find("mkdir: errno 4000 has no name"),
              std::string::npos);
}

TEST(EmitFirejail, RefusesASecondAbiAlone) {
    EXPECT_NE(error_of(on(allowing({"read"}), {Arch::x32}), Format::firejail).find("x32 alone"),
              std::string::npos);
}

TEST(EmitFirejail, LogsWhatAProfileForRecordingLogs) {
    EXPECT_EQ(emit(allowing({"exit_group"}, Action::log), Format::firejail).bytes,
              "seccomp.keep exit_group\nseccomp.block-secondary\nseccomp-error-action log\n");
    EXPECT_NE(error_of(with(allowing({"exit_group"}, Action::log), {{"mkdir"}, Action::errno_, 1, {}}),
                       Format::firejail)
                  .find("mkdir"),
              std::string::npos);
}

TEST(EmitMinijail, OneLineAName) {
    Profile profile =
        with(with(allowing({"execve", "read", "_llseek"}), clone_without_namespaces), clone3_enosys);
    profile = with(with(profile, {{"personality"}, Action::allow, {}, {{0, Op::eq, 0, 0}}}),
                   {{"personality"}, Action::allow, {}, {{0, Op::eq, 8, 0}, {1, Op::gt, 2, 0}}});
    const Written written = emit(with(profile, {{"ptrace"}, Action::trap, {}, {}}), Format::minijail);
    EXPECT_EQ(written.bytes,
              "# x86_64: minijail0 -n -S FILE -- COMMAND\n"
              "clone: arg0 in 0xffffffff81fdffff; return 1\n"
              "clone3: return 38\n"
              "execve: 1\n"
              "personality: arg0 == 0x0 || arg0 == 0x8 && arg1 > 0x2; return 1\n"
              "read: 1\n");
    EXPECT_TRUE(has_note(written, "_llseek: no call of x86_64"));
    EXPECT_TRUE(has_note(written, "ptrace: denied otherwise in the profile, killed"));
    EXPECT_TRUE(has_note(written, "defaultAction: errno 1 in the profile"));
}

TEST(EmitMinijail, EveryComparison) {
    const std::pair<Comparison, const char*> rows[] = {
        {{1, Op::ne, 3, 0}, "arg1 != 0x3"},
        {{1, Op::lt, 3, 0}, "arg1 < 0x3"},
        {{1, Op::le, 3, 0}, "arg1 <= 0x3"},
        {{1, Op::eq, 3, 0}, "arg1 == 0x3"},
        {{1, Op::ge, 3, 0}, "arg1 >= 0x3"},
        {{5, Op::gt, ~0ULL, 0}, "arg5 > 0xffffffffffffffff"},
        {{0, Op::masked_eq, ~0ULL, 7}, "arg0 == 0x7"},
        {{0, Op::masked_eq, 0x4, 0x4}, "arg0 & 0x4"},
        {{0, Op::masked_eq, 0x7, 0x5}, "arg0 & 0x1 && arg0 & 0x4 && arg0 in 0xfffffffffffffffd"},
    };
    for (const auto& [comparison, text] : rows) {
        const Profile profile =
            with(allowing({"execve"}, Action::kill_process), {{"ioctl"}, Action::allow, {}, {comparison}});
        EXPECT_EQ(emit(profile, Format::minijail).bytes,
                  "# x86_64: minijail0 -n -S FILE -- COMMAND\nexecve: 1\nioctl: " + std::string(text) + "\n");
    }
}

TEST(EmitMinijail, AMaskThatNeverHoldsAllowsNothing) {
    const Profile profile =
        with(allowing({"execve"}), {{"ioctl"}, Action::allow, {}, {{0, Op::masked_eq, 4, 8}}});
    EXPECT_EQ(emit(profile, Format::minijail).bytes,
              "# x86_64: minijail0 -n -S FILE -- COMMAND\nexecve: 1\n");
}

TEST(EmitMinijail, ArgumentsOf32BitsAreCutOrRefused) {
    const Profile masked =
        on(with(allowing({"execve"}), {{"clone"}, Action::allow, {}, {{0, Op::masked_eq, 0x100000002, 0}}}),
           {Arch::x86});
    EXPECT_NE(emit(masked, Format::minijail).bytes.find("clone: arg0 in 0xfffffffd; return 1\n"),
              std::string::npos);
    const Profile large =
        on(with(allowing({"execve"}), {{"clone"}, Action::allow, {}, {{0, Op::eq, 0x100000000, 0}}}),
           {Arch::arm});
    EXPECT_NE(error_of(large, Format::minijail)
                  .find("clone: arg0 == 0x100000000 compares with more than the 32 bits"),
              std::string::npos);
}

TEST(EmitMinijail, OneArchitectureAndNoGuess) {
    const Profile profile = on(allowing({"execve", "newfstatat"}), {Arch::x86_64, Arch::x86});
    EXPECT_EQ(error_of(profile, Format::minijail),
              "minijail: a policy is for one architecture, and the profile has x86, x86_64; choose one with "
              "--arch");
    EXPECT_EQ(emit(profile, Format::minijail, {.name = "p", .arch = Arch::x86}).bytes,
              "# x86: minijail0 -n -S FILE -- COMMAND\nexecve: 1\n");
    EXPECT_NE(error_of(profile, Format::minijail, {.name = "p", .arch = Arch::arm}), "");
    EXPECT_NE(error_of(on(profile, {Arch::x32}), Format::minijail).find("x32: no minijail"),
              std::string::npos);
}

TEST(EmitMinijail, RefusesWhatAPolicyWouldTurnAround) {
    EXPECT_NE(error_of(denying({"mkdir"}, Action::errno_), Format::minijail)
                  .find("permits whatever it does not name"),
              std::string::npos);
    const Profile mixed =
        with(with(allowing({"execve"}), {{"ioctl"}, Action::errno_, 25, {{1, Op::eq, 1, 0}}}),
             {{"ioctl"}, Action::allow, {}, {{1, Op::lt, 9, 0}}});
    EXPECT_NE(error_of(mixed, Format::minijail)
                  .find("ioctl: allowed under some conditions and denied under others"),
              std::string::npos);
}

TEST(EmitSpo, AsTheOperatorReadsIt) {
    Profile profile = with(with(allowing({"read", "y"}), clone_without_namespaces), clone3_enosys);
    profile.flags = {"SECCOMP_FILTER_FLAG_LOG"};
    profile.default_errno = 38;
    const Written written =
        emit(with(profile, {{"mkdir"}, Action::errno_, 1, {}}), Format::spo, {.name = "nginx", .arch = {}});
    EXPECT_EQ(written.bytes, R"(apiVersion: security-profiles-operator.x-k8s.io/v1beta1
kind: SeccompProfile
metadata:
  name: "nginx"
spec:
  defaultAction: SCMP_ACT_ERRNO
  architectures:
  - SCMP_ARCH_X86_64
  flags:
  - SECCOMP_FILTER_FLAG_LOG
  syscalls:
  - action: SCMP_ACT_ALLOW
    names:
    - read
    - "y"
  - action: SCMP_ACT_ERRNO
    names:
    - mkdir
    errnoRet: 1
  - action: SCMP_ACT_ALLOW
    names:
    - clone
    args:
    - index: 0
      value: 2114060288
      valueTwo: 0
      op: SCMP_CMP_MASKED_EQ
)");
    ASSERT_EQ(written.notes.size(), 1U);
    EXPECT_TRUE(has_note(written, "defaultErrnoRet: 38"));
}

TEST(EmitSpo, MakesNamesSafe) {
    const std::pair<std::string, std::string> rows[] = {
        {"nginx", "nginx"},
        {"Web Server", "web-server"},
        {"a..b", "a.b"},
        {"a.-b", "a.b"},
        {"a-.b", "a.b"},
        {"-.x.-", "x"},
        {"", "profile"},
        {"\"\n: evil", "evil"},
        {"\xc3\xa9t\xc3\xa9", "t"},
        {"---", "profile"},
        {"true", "true"},
        {"runc:[2:INIT]", "runc-2-init"},
        {std::string(300, 'a'), std::string(253, 'a')},
    };
    for (const auto& [name, safe] : rows) {
        const Written written = emit(allowing({"read"}), Format::spo, {.name = name, .arch = {}});
        EXPECT_NE(written.bytes.find("\n  name: \"" + safe + "\"\n"), std::string::npos) << name << "\n"
                                                                                         << written.bytes;
        EXPECT_EQ(has_note(written, "metadata.name"), name != safe) << name;
    }
}

TEST(EmitSpo, RefusesWhatTheOperatorDoesNotTake) {
    const std::string large = error_of(
        with(allowing({"read"}), {{"personality"}, Action::allow, {}, {{0, Op::eq, 1ULL << 63U, 0}}}),
        Format::spo);
    EXPECT_NE(large.find("personality: arg0 == 0x8000000000000000"), std::string::npos) << large;
    EXPECT_NE(error_of(on(allowing({"read"}), {Arch::loongarch64}), Format::spo).find("loongarch64"),
              std::string::npos);
    Profile listener = allowing({"read"});
    for (const char* path :
         {"/tmp/x", "/var/run/security-profiles-operator/", "/var/run/security-profiles-operator/a/b",
          "/var/run/security-profiles-operator/a\nb"}) {
        listener.listener_path = path;
        EXPECT_NE(error_of(listener, Format::spo).find("listenerPath"), std::string::npos) << path;
    }
    listener.listener_path = "/var/run/security-profiles-operator/x.sock";
    listener.listener_metadata = "say \"hi\"\\";
    EXPECT_NE(emit(listener, Format::spo).bytes.find(R"(  listenerMetadata: "say \"hi\"\\")"),
              std::string::npos);
    listener.listener_metadata = "a\nb";
    EXPECT_NE(error_of(listener, Format::spo).find("listenerMetadata"), std::string::npos);
    Profile flagged = allowing({"read"});
    flagged.flags = {"x: y"};
    EXPECT_NE(error_of(flagged, Format::spo).find("flags"), std::string::npos);
}

TEST(EmitC, HasEveryRuleFlagAndArchitecture) {
    Profile profile = with(with(allowing({"execve"}), clone_without_namespaces), clone3_enosys);
    profile.flags = {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                     "SECCOMP_FILTER_FLAG_TSYNC"};
    const Written written = emit(on(profile, {Arch::x86, Arch::x86_64}), Format::c);
    for (const char* text :
         {"static const uint32_t default_action = SCMP_ACT_ERRNO(1);\n",
          "static const uint32_t architectures[] = {SCMP_ARCH_X86, SCMP_ARCH_X86_64, 0};\n",
          "    {.name = \"execve\", .action = SCMP_ACT_ALLOW},\n",
          "    {.name = \"clone3\", .action = SCMP_ACT_ERRNO(38)},\n",
          "    {.name = \"clone\", .action = SCMP_ACT_ALLOW,\n"
          "     .arg_count = 1, .args = {{0, SCMP_CMP_MASKED_EQ, UINT64_C(0x7e020000), UINT64_C(0x0)}}},\n",
          "seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1)",
          "seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1)",
          "seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1)"})
        EXPECT_NE(written.bytes.find(text), std::string::npos) << text << "\nin\n" << written.bytes;
    EXPECT_TRUE(written.notes.empty());
    EXPECT_NE(error_of(with(profile, {{"mount"}, Action::notify, {}, {}}), Format::c).find("mount"),
              std::string::npos);
}

TEST(EmitFilter, IsTheCompiledProgramAndItsPseudoCode) {
    const Written bpf = emit(with(allowing({"execve", "nosuchcall"}), clone_without_namespaces), Format::bpf);
    EXPECT_EQ(bpf.bytes.size() % 8, 0U);
    EXPECT_GT(bpf.bytes.size(), 5 * 8U);
    EXPECT_TRUE(has_note(bpf, "nosuchcall: not known to libseccomp"));
    const Written pfc = emit(allowing({"execve"}), Format::pfc);
    EXPECT_NE(pfc.bytes.find("filter for syscall \"execve\" (59)"), std::string::npos) << pfc.bytes;
}

TEST(EmitNotes, FlagsAndListenersAreToldWithoutTheirTricks) {
    Profile profile = allowing({"execve"});
    profile.flags = {"SECCOMP_FILTER_FLAG_LOG", "\x1b[2J"};
    profile.listener_path = "/run/x";
    for (const Format format :
         {Format::systemd, Format::minijail, Format::firejail, Format::names, Format::bpf}) {
        const Written written = emit(profile, format);
        EXPECT_TRUE(
            has_note(written, "flags are left out, this form has none: ?[2J, SECCOMP_FILTER_FLAG_LOG"))
            << format_name(format);
        EXPECT_TRUE(has_note(written, "listener is left out")) << format_name(format);
    }
}

TEST(EmitNotes, AnUnstartableCommandIsTold) {
    for (const Format format : {Format::systemd, Format::minijail, Format::c})
        EXPECT_TRUE(has_note(emit(allowing({"read"}), format), "it will not start")) << format_name(format);
}

}  // namespace
}  // namespace scgen
