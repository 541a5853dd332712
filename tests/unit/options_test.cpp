#include "cli/options.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace scgen {
namespace {

using Words = std::vector<std::string>;

Options parse(const Words& words) {
    return read_options(parse_arguments(words));
}

std::string error_of(const Words& words) {
    try {
        parse(words);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Options, AFirstWordThatIsNoCommandIsALog) {
    const Options options = parse({"audit.log", "--comm", "nginx"});
    EXPECT_EQ(options.command, Command::generate);
    EXPECT_TRUE(options.implicit);
    EXPECT_EQ(options.input.logs, Words{"audit.log"});
    EXPECT_EQ(options.selection.comm, Words{"nginx"});
    EXPECT_EQ(parse({"./list"}).input.logs, Words{"./list"});
    EXPECT_EQ(parse({"list", "list"}).input.logs, Words{"list"});
    EXPECT_EQ(parse({"--", "-x"}).input.logs, Words{"-x"});
    EXPECT_EQ(parse({"list", "-"}).input.logs, Words{"-"});
}

TEST(Options, SomeFormsAreForContainers) {
    for (const char* form : {"oci", "k8s", "spo"})
        EXPECT_TRUE(parse({"--format", form, "-O", "d"}).generate.for_containers) << form;
    for (const char* form : {"systemd", "minijail", "firejail", "names", "c", "bpf", "pfc"})
        EXPECT_FALSE(parse({"--format", form, "-O", "d"}).generate.for_containers) << form;
    EXPECT_TRUE(parse({"a.log"}).generate.for_containers);
}

TEST(Options, ProfilesComeBeforeLogs) {
    const Options check = parse({"check", "p.json", "a.log", "b.log"});
    EXPECT_EQ(check.profiles.paths, Words{"p.json"});
    EXPECT_EQ(check.input.logs, (Words{"a.log", "b.log"}));
    EXPECT_EQ(check.replayed, Learn::all);
    EXPECT_EQ(parse({"merge", "a", "-"}).profiles.paths, (Words{"a", "-"}));
}

TEST(Options, ContainersAreLookedUpWhereTheLogIsWritten) {
    const auto watches = [](Words words, const char* command = "list") {
        words.insert(words.begin(), command);
        return parse(words).watch_node;
    };
    EXPECT_TRUE(watches({"--live", "--group-by", "container"}));
    EXPECT_TRUE(watches({"--live", "--group-by", "pod"}));
    EXPECT_TRUE(watches({"--live", "--container", "web"}));
    EXPECT_TRUE(watches({"--live", "--pod", "n/*"}, "generate"));
    EXPECT_TRUE(watches({"--live", "--pod", "n/*", "--containers", "names.json"}));
    EXPECT_TRUE(watches({"--live"}, "decode"));
    EXPECT_TRUE(watches({"-f", "--container", "web", "/var/log/syslog", "/var/log/audit/audit.log"}));
    EXPECT_TRUE(watches({"-f", "--container", "web", "--journal"}));
    EXPECT_TRUE(watches({"--container", "web", "/dev/kmsg"}));
    EXPECT_FALSE(watches({"--live"})) << "nobody asks for containers";
    EXPECT_FALSE(watches({"--live", "--containers", "snapshot.json"}));
    EXPECT_FALSE(watches({"--live", "old.log"}, "decode"));
    EXPECT_FALSE(watches({"-f", "/var/log/syslog", "other.log"}, "decode"));
    EXPECT_FALSE(watches({"-f", "--journal=saved"}, "decode"));
    EXPECT_FALSE(watches({"--journal"}, "decode"));
    EXPECT_FALSE(watches({"-"}, "decode"));
    EXPECT_FALSE(watches({}, "decode"));
    for (const Words& words :
         {Words{"list", "--container", "web"}, Words{"list", "--container", "web", "/var/log/syslog"},
          Words{"list", "--container", "web", "--live", "old.log"}})
        EXPECT_NE(error_of(words).find("--container: records name processes by pid"), std::string::npos);
}

TEST(Options, AHostIsDescribed) {
    const Options diff =
        parse({"diff", "--runtime", "docker@27.5", "--arch", "aarch64", "--kernel", "5.10.0-21-amd64",
               "--cap", "net_admin", "--cap", "CAP_BPF", "--engine", "podman", "-v", "p.json"});
    EXPECT_EQ(diff.runtime->name, "docker");
    EXPECT_EQ(diff.runtime->version, "27.5");
    EXPECT_EQ(diff.profiles.arch, Arch::aarch64);
    EXPECT_EQ(diff.profiles.kernel, (KernelVersion{5, 10}));
    EXPECT_EQ(diff.profiles.caps, (std::set<std::string>{"CAP_BPF", "CAP_NET_ADMIN"}));
    EXPECT_TRUE(diff.profiles.default_caps);
    EXPECT_EQ(diff.profiles.engine, Engine::podman);
    EXPECT_TRUE(diff.verbose);
    const Options none = parse({"merge", "--cap", "NONE", "--cap", "ALL", "--privileged", "p.json"});
    EXPECT_FALSE(none.profiles.default_caps);
    EXPECT_TRUE(none.profiles.all_caps);
    EXPECT_TRUE(none.profiles.privileged);
    EXPECT_EQ(none.profiles.engine, std::nullopt);
}

TEST(Options, TheJournalsPlaceStandsBehindAnEqualsSign) {
    const Options system = parse({"a.log", "--journal", "b.log", "c.log", "-f"});
    EXPECT_EQ(system.input.journal, "");
    EXPECT_EQ(system.input.logs, (Words{"a.log", "b.log", "c.log"}));
    EXPECT_TRUE(system.input.follow);
    EXPECT_EQ(parse({"--journal", "-q"}).input.journal, "");
    EXPECT_EQ(parse({"--journal=dir", "a.log"}).input.journal, "dir");
    EXPECT_EQ(parse({"a.log"}).input.journal, std::nullopt);
    EXPECT_TRUE(parse({"list", "--live"}).input.live);
}

TEST(Options, SelectionIsRepeatable) {
    const Options options = parse({"--comm", "a", "--comm=b*", "--pid", "7", "--exe", "/x", "--subj", "s"});
    EXPECT_EQ(options.selection.comm, (Words{"a", "b*"}));
    EXPECT_EQ(options.selection.pid, std::vector<std::int32_t>{7});
}

TEST(Options, ValuesAreRead) {
    const Options options =
        parse({"--errno",    "ENOSYS",    "--arch",  "x86_64,x86", "--learn",    "denied",      "--closure",
               "none",       "--runtime", "none",    "--deny",     "ptrace",     "--min-count", "3",
               "--max-line", "64K",       "--since", "@1",         "--until",    "@2",          "--for",
               "10s",        "-o",        "x.json",  "-q",         "--group-by", "pid"});
    EXPECT_EQ(options.generate.errno_ret, static_cast<std::uint32_t>(ENOSYS));
    EXPECT_EQ(options.generate.architectures, (std::set<Arch>{Arch::x86_64, Arch::x86}));
    EXPECT_EQ(options.generate.learn, Learn::denied);
    EXPECT_EQ(options.generate.closure, Closure::none);
    EXPECT_FALSE(options.keep_startup);
    EXPECT_EQ(options.generate.deny, std::set<std::string>{"ptrace"});
    EXPECT_EQ(options.generate.min_count, 3U);
    EXPECT_EQ(options.input.max_line, 65'536U);
    EXPECT_EQ(options.input.ingest.since_ms, 1000);
    EXPECT_EQ(options.input.run_for, std::chrono::seconds(10));
    EXPECT_EQ(options.file, "x.json");
    EXPECT_TRUE(options.quiet);
    EXPECT_EQ(options.group_by, GroupBy::pid);
    EXPECT_TRUE(parse({"--arch", "observed"}).generate.architectures.empty());
}

TEST(Options, ALongCommIsNoted) {
    EXPECT_TRUE(parse({"--comm", "fifteen-bytes-x"}).notes.empty());
    ASSERT_EQ(parse({"--comm", "sixteen-bytes-xy"}).notes.size(), 1U);
    EXPECT_NE(parse({"--comm", "sixteen-bytes-xy"}).notes[0].find("sixteen-bytes-x"), std::string::npos);
}

TEST(Options, NumbersOfSyscallsMayBeNegative) {
    EXPECT_EQ(parse({"syscalls", "-1", "openat"}).words, (Words{"openat", "-1"}));
    EXPECT_EQ(parse({"syscalls", "--arch", "x86_64"}).archs, std::vector<Arch>{Arch::x86_64});
}

TEST(Options, ErrorsNameTheOptionAndWhatToDo) {
    struct Case {
        Words words;
        std::string says;
    };
    for (const auto& [words, says] : {
             Case{{"--com", "x"}, "unknown option --com. Did you mean --comm or --compile?"},
             Case{{"--com=x"}, "unknown option --com. Did you mean --comm or --compile?"},
             Case{{"list", "--closure", "none"}, "unknown option --closure. It belongs to `scgen generate`"},
             Case{{"-x"}, "unknown option -x."},
             Case{{"--comm"}, "--comm: the GLOB is missing."},
             Case{{"--comm", "--exe", "x"}, "--comm: the GLOB is missing."},
             Case{{"--comm="}, "--comm: the GLOB is missing."},
             Case{{"-o"}, "-o: the FILE is missing."},
             Case{{"--quiet=1"}, "--quiet: takes no value."},
             Case{{"--pid", "x"}, "--pid: 'x' is not a whole number from 1 to 2147483647."},
             Case{{"--pid", "0"}, "--pid: '0' is not"},
             Case{{"--pid", "99999999999"}, "--pid: '99999999999' is not"},
             Case{{"--min-count", "1x"}, "--min-count: '1x' is not"},
             Case{{"--min-count", "1", "--min-count", "2"}, "--min-count: given 2 times; give it once."},
             Case{{"--since", "yesterday"}, "--since: 'yesterday' is not a time. Write 2020-07-06T20:17:40Z"},
             Case{{"--since", "@2", "--until", "@1"}, "--since is later than --until"},
             Case{{"--for", "10"}, "--for: '10' is not a duration. Write a number with its unit"},
             Case{{"--max-line", "7"}, "--max-line: '7' is not a size"},
             Case{{"--max-line", "99999999999999999999K"}, "--max-line: "},
             Case{{"--errno", "EPREM"}, "--errno: 'EPREM' is not an error."},
             Case{{"--errno", "0"}, "--errno: '0' is not an error."},
             Case{{"--errno", "4096"}, "--errno: '4096' is not an error."},
             Case{{"--errno", "EPERM", "--default-action", "trap"},
                  "--errno: only --default-action errno has an error"},
             Case{{"--default-action", "allow"},
                  "--default-action: 'allow' is not one of errno, kill-process,"},
             Case{{"--arch", "x68_64"}, "--arch: 'x68_64' is not an ABI. Did you mean x86_64?"},
             Case{{"--arch", "observed,x86"}, "--arch: observed stands alone"},
             Case{{"--arch", ""}, "--arch: "},
             Case{{"--deny", "opneat"}, "--deny: 'opneat' is not a system call. Did you mean openat"},
             Case{{"--comm", ""}, "an empty name selects nothing"},
             Case{{"-o", "a", "-O", "b"}, "-o writes one file and -O one for each workload"},
             Case{{"--color", "red"}, "--color: 'red' is not one of auto, always, never."},
             Case{{"--format", "json"}, "--format: 'json' is not one of oci, k8s, spo, systemd,"},
             Case{{"--cap", "ALL"}, "unknown option --cap. It belongs to `scgen check`"},
             Case{{"diff"}, "diff: the PROFILE is missing."},
             Case{{"diff", "a", "b", "c"}, "diff: takes 2 profiles, and 3 were given."},
             Case{{"merge", "-", "-"}, "merge: - is standard input and can be read once."},
             Case{{"diff", "--cap", "NET", "a"}, "--cap: 'NET' is not a capability, ALL or NONE."},
             Case{{"diff", "--kernel", "5", "a"}, "--kernel: '5' is not a kernel version."},
             Case{{"--evidence", ""}, "--evidence: "},
             Case{{"run", "--profile", "a", "--profile", "b", "--", "ls"},
                  "--profile: given 2 times; give it once."},
             Case{{"run", "--profile", "", "--", "ls"}, "--profile: the name is empty; give one."},
             Case{{"record", "--group-by", "pod", "-o", "p", "--", "ls"},
                  "--group-by: 'pod' is not one of all,"},
             Case{{"--comm\x1b[2J"}, "unknown option --comm\\x1b[2J."},
         })
        EXPECT_NE(error_of(words).find(says), std::string::npos)
            << "wanted: " << says << "\n   got: " << error_of(words);
}

TEST(Options, ACommandAndItsOptionsAreLeftAlone) {
    const Options run =
        parse({"run", "--profile", "p.json", "--engine", "docker", "--kernel", "5.4", "--cap", "BPF", "--log",
               "d.log", "--strict", "--", "ls", "--profile", "x", "--", "-q"});
    EXPECT_EQ(run.command, Command::run);
    EXPECT_EQ(run.profiles.paths, Words{"p.json"});
    EXPECT_EQ(run.profiles.engine, Engine::docker);
    EXPECT_EQ(run.profiles.kernel, (KernelVersion{5, 4}));
    EXPECT_EQ(run.profiles.caps, std::set<std::string>{"CAP_BPF"});
    EXPECT_EQ(run.log, "d.log");
    EXPECT_TRUE(run.strict);
    EXPECT_FALSE(run.quiet);
    EXPECT_EQ(run.command_line, (Words{"ls", "--profile", "x", "--", "-q"}));
    // It runs here and not on some newer kernel.
    EXPECT_LT(parse({"run", "--profile", "p", "--", "ls"}).profiles.kernel, ProfileInput{}.kernel);
}

TEST(Options, HelpListsEveryOptionAndKeepsItsWidth) {
    for (const std::string_view name : command_names()) {
        const Command command = command_from_name(name).value();
        const std::string help = command_help(command);
        for (const OptionSpec& spec : options_of(command))
            EXPECT_NE(help.find(spec.key()), std::string::npos) << name << " " << spec.key();
        std::size_t from = 0;
        for (std::size_t end = help.find('\n'); end != std::string::npos; end = help.find('\n', from)) {
            EXPECT_LE(end - from, 100U) << help.substr(from, end - from);
            from = end + 1;
        }
    }
}

}  // namespace
}  // namespace scgen
