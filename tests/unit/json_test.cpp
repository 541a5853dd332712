#include "scgen/profile/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "scgen/error.hpp"

namespace scgen {
namespace {

std::string error_of(const std::string& json) {
    try {
        read_profile(json, "p.json");
    } catch (const Error& error) {
        return error.what();
    }
    return "(no error)";
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i)
        result += piece;
    return result;
}

std::string rule_with(const std::string& members) {
    return R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW",)" +
           members + "}]}";
}

std::string argument(const std::string& members) {
    return rule_with(R"("args":[{"op":"SCMP_CMP_EQ",)" + members + "}]");
}

TEST(WriteProfile, TheDocumentedBytes) {
    Profile profile;
    profile.default_errno = 1;
    profile.architectures = {Arch::x86_64};
    profile.rules = {{{"futex", "accept4"}, Action::allow, std::nullopt, {}}};
    EXPECT_EQ(write_profile(profile), R"({
    "defaultAction": "SCMP_ACT_ERRNO",
    "defaultErrnoRet": 1,
    "architectures": [
        "SCMP_ARCH_X86_64"
    ],
    "syscalls": [
        {
            "names": [
                "accept4",
                "futex"
            ],
            "action": "SCMP_ACT_ALLOW"
        }
    ]
}
)");
}

TEST(WriteProfile, EveryField) {
    Profile profile;
    profile.default_action = Action::kill_process;
    profile.default_errno = 1;
    profile.architectures = {Arch::x86, Arch::x86_64, Arch::x32};
    profile.flags = {"SECCOMP_FILTER_FLAG_LOG"};
    profile.listener_path = "/run/a\"b";
    profile.listener_metadata = "line\n\\";
    profile.rules = {
        {{"clone"}, Action::allow, std::nullopt, {{0, Comparison::Op::masked_eq, 0x7e020000, 0}}},
        {{"x"}, Action::errno_, 38, {{5, Comparison::Op::ge, 18446744073709551615U, 7}}}};
    EXPECT_EQ(write_profile(profile), R"({
    "defaultAction": "SCMP_ACT_KILL_PROCESS",
    "architectures": [
        "SCMP_ARCH_X32",
        "SCMP_ARCH_X86",
        "SCMP_ARCH_X86_64"
    ],
    "flags": [
        "SECCOMP_FILTER_FLAG_LOG"
    ],
    "listenerPath": "/run/a\"b",
    "listenerMetadata": "line\u000a\\",
    "syscalls": [
        {
            "names": [
                "clone"
            ],
            "action": "SCMP_ACT_ALLOW",
            "args": [
                {
                    "index": 0,
                    "value": 2114060288,
                    "valueTwo": 0,
                    "op": "SCMP_CMP_MASKED_EQ"
                }
            ]
        },
        {
            "names": [
                "x"
            ],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": 38,
            "args": [
                {
                    "index": 5,
                    "value": 18446744073709551615,
                    "op": "SCMP_CMP_GE"
                }
            ]
        }
    ]
}
)");
    EXPECT_EQ(read_profile(write_profile(profile), "p").profile, canonical(profile));
}

TEST(WriteProfile, NamesThatAreNoUtf8StillMakeADocument) {
    for (const std::string name :
         {"\xff", "a\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc0\xaf", "\xe2\x82", "\x80z"}) {
        Profile profile;
        profile.rules = {{{name}, Action::allow, std::nullopt, {}}};
        const auto read = read_profile(write_profile(profile), "p").profile;
        ASSERT_EQ(read.rules.size(), 1U) << testing::PrintToString(name);
        EXPECT_NE(read.rules[0].names.begin()->find("\xef\xbf\xbd"), std::string::npos)
            << testing::PrintToString(name);
    }
    Profile profile;
    profile.rules = {
        {{"\xf0\x9f\x90\xa7", "\x01\x7f", std::string("\0", 1)}, Action::allow, std::nullopt, {}}};
    profile.default_errno = 1;
    EXPECT_EQ(read_profile(write_profile(profile), "p").profile, profile)
        << "UTF-8 and control characters survive";
}

TEST(WriteProfile, RefusesAnArchitectureWithoutAToken) {
    Profile profile;
    profile.architectures = {static_cast<Arch>(0xc0009026)};
    EXPECT_THROW(write_profile(profile), Error);
}

TEST(ReadProfile, KillIsKillThreadAndNullIsAbsent) {
    const auto read = read_profile(
        R"({"defaultAction":"SCMP_ACT_KILL","architectures":null,"syscalls":[{"names":["a"],"action":"SCMP_ACT_ALLOW","args":null,"errnoRet":null}]})",
        "p");
    EXPECT_EQ(read.profile.default_action, Action::kill_thread);
    EXPECT_EQ(read.profile.rules.at(0), (Rule{{"a"}, Action::allow, std::nullopt, {}}));
    EXPECT_TRUE(read.notes.empty());
}

TEST(ReadProfile, Errors) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "p.json: empty; a profile has at least"},
        {" \n\t", "p.json: empty; a profile has at least"},
        {"\xef\xbb\xbf{}", "p.json:1:1: begins with a byte order mark"},
        {std::string("{\0}", 3), "p.json:1:2: not JSON near"},
        {"{\n  \"defaultAction\" 1}", "p.json:2:19: not JSON near"},
        {"{} x", "p.json:1:4: not JSON near"},
        {R"({"defaultAction": "SCMP_ACT_ER)", "p.json:1:31: the document ends too early"},
        {R"({"defaultAction": )", "the document ends too early"},
        {"{\"a\": \"\xff\"}", "p.json:1:8: not JSON near"},
        {"// no comments\n{}", "p.json:1:1: not JSON near \"/\"; a profile has at least {\"defaultAction\":"},
        {"[1, x]", "p.json:1:5: not JSON near \"1, x\""},
        {"[1e999]", "not JSON near"},
        {"[]", "p.json: this is an array; it must be an object"},
        {"{}", "p.json: /defaultAction: missing; a profile begins"},
        {R"({"ociVersion":"1.0"})", "config.json, whose profile is at /linux/seccomp"},
        {R"({"kind":"SeccompProfile"})", "looks like a Kubernetes object"},
        {R"({"defaultAction":1})", "/defaultAction: this is a number; it must be a string"},
        {R"({"defaultAction":"ALLOW"})", R"(/defaultAction: "ALLOW" is no action; the actions are)"},
        {R"({"defaultAction":"SCMP_ACT_LOG","defaultAction":"SCMP_ACT_LOG"})",
         R"(the key "defaultAction" is there twice)"},
        {R"({"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"names":[]}]})",
         R"(/syscalls/0: the key "names" is there twice)"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":-1})",
         R"(/defaultErrnoRet: "-1" is negative; it must be 0 to 65535)"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":65536})",
         "is too large; it must be 0 to 65535"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":"SCMP_ARCH_X86"})",
         "/architectures: this is a string; it must be an array"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86","SCMP_ARCH_VAX"]})",
         R"(/architectures/1: "SCMP_ARCH_VAX" is no architecture)"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":["x86_64"]})",
         R"(/architectures/0: "x86_64" is no architecture)"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_NATIVE"]})",
         "runc and crun do not know SCMP_ARCH_NATIVE"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","flags":[7]})",
         "/flags/0: this is a number; it must be a string"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":{}})", "/syscalls: this must be an array"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":["read"]})",
         "/syscalls/0: this is a string; it must be an object"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["a"]}]})", "/syscalls/0/action: missing"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"action":"SCMP_ACT_ALLOW"}]})",
         "/syscalls/0/names: missing or empty"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":[],"action":"SCMP_ACT_ALLOW"}]})",
         "/syscalls/0/names: missing or empty"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":[""],"action":"SCMP_ACT_ALLOW"}]})",
         "/syscalls/0/names: an empty name"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":[0],"action":"SCMP_ACT_ALLOW"}]})",
         "/syscalls/0/names/0: this is a number"},
        {argument(R"("index":9,"value":0)"),
         R"(/syscalls/0/args/0/index: "9" is too large; it must be 0 to 5)"},
        {argument(R"("index":-1,"value":0)"), "/syscalls/0/args/0/index: \"-1\" is negative"},
        {argument(R"("index":-0,"value":0)"), "\"-0\" is negative"},
        {argument(R"("index":0,"value":1.0)"), R"(/syscalls/0/args/0/value: "1.0" is no whole number)"},
        {argument(R"("index":0,"value":1e3)"), "is no whole number"},
        {argument(R"("index":0,"value":18446744073709551616)"), "\"18446744073709551616\" is too large"},
        {argument(R"("index":0,"value":"0x10")"),
         "/syscalls/0/args/0/value: this is a string; it must be a number"},
        {argument(R"("index":0,"value":0,"valueTwo":true)"),
         "/syscalls/0/args/0/valueTwo: this is true or false"},
        {rule_with(R"("args":[{"index":0,"value":0,"op":"=="}])"),
         R"(/syscalls/0/args/0/op: "==" is no operator)"},
        {rule_with(R"("args":[{"index":0,"value":0}])"), "/syscalls/0/args/0/op: missing"},
        {rule_with(R"("args":{})"), "/syscalls/0/args: this is an object; it must be an array"},
        {std::string(200'000, '['), "p.json: nested deeper than 64"},
        {repeated("{\"a\":", 200'000), "p.json: nested deeper than 64"},
        {"[" + repeated("1,", 300'000) + "1]", "p.json: over 262144 values"},
        {std::string((8U << 20U) + 1, ' '), "p.json: 8388609 bytes, more than the 8388608"},
        {R"({"defaultAction":"\u001b[31m"})", R"("\x1b[31m" is no action)"},
    };
    for (const auto& [json, expected] : cases)
        EXPECT_NE(error_of(json).find(expected), std::string::npos)
            << json.substr(0, 200) << "\n  gives " << error_of(json) << "\n  not   " << expected;
}

TEST(ReadProfile, RandomBytesAreErrors) {
    std::mt19937 random(20240517);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 64, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random() % 256);
        EXPECT_NE(error_of(bytes), "(no error)") << testing::PrintToString(bytes);
    }
}

TEST(ReadProfile, EveryPrefixOfAProfileIsAnError) {
    const std::string whole = argument(R"("index":0,"value":1)");
    ASSERT_EQ(error_of(whole), "(no error)");
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_NE(error_of(whole.substr(0, length)), "(no error)") << length;
}

TEST(ReadProfile, DepthOf64IsRead) {
    const std::string json =
        R"({"defaultAction":"SCMP_ACT_LOG","x":)" + std::string(63, '[') + std::string(63, ']') + "}";
    EXPECT_EQ(error_of(json), "(no error)");
}

TEST(ReadProfile, NotesWhatRuntimesDoNotObey) {
    const std::pair<std::string, std::string> cases[] = {
        {rule_with(R"("comment":"why")"), "/syscalls/0/comment: ignored by runtimes"},
        {rule_with(R"("includes":{"caps":["CAP_SYS_ADMIN"]})"),
         "/syscalls/0/includes: Docker's: plain OCI runtimes"},
        {rule_with(R"("excludes":{"minKernel":"4.8"})"), "/syscalls/0/excludes: Docker's"},
        {rule_with(R"("name":"write")"), "/syscalls/0/name: Docker's old form"},
        {rule_with(R"("errno":"ENOSYS")"), "/syscalls/0/errno: containers-common's"},
        {rule_with(R"("errnoRet":5)"), "/syscalls/0/errnoRet: SCMP_ACT_ALLOW takes no errno: crun refuses"},
        {rule_with(R"("Args":[])"),
         "/syscalls/0/Args: ignored here and by crun, but runc and containerd take it for args"},
        {rule_with(R"("a/b~c":1)"), "/syscalls/0/a~1b~0c: no field of a profile"},
        {argument(R"("index":0,"value":0,"mask":1)"), "/syscalls/0/args/0/mask: no field of a profile"},
        {argument(R"("value":0)"), "/syscalls/0/args/0/index: missing: runc takes it for 0"},
        {rule_with(
             R"("args":[{"index":0,"value":0,"op":"SCMP_CMP_EQ"},{"index":0,"value":1,"op":"SCMP_CMP_EQ"}])"),
         "/syscalls/0/args: several conditions on argument 0"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","archMap":[{}]})", "/archMap: Docker's"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrno":"ENOSYS"})",
         "/defaultErrno: containers-common's"},
        {R"({"defaultAction":"SCMP_ACT_LOG","defaultErrnoRet":1})",
         "/defaultErrnoRet: SCMP_ACT_LOG takes no errno"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":5000})",
         "/defaultErrnoRet: the kernel returns no errno above 4095"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","flags":["SECCOMP_FILTER_FLAG_NEW"]})",
         "/flags: \"SECCOMP_FILTER_FLAG_NEW\" is no flag"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","flags":["SECCOMP_FILTER_FLAG_LOG"]})",
         "/flags: runc before 1.2 refuses"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","listenerMetadata":"x"})",
         "/listenerMetadata: means nothing without listenerPath"},
        {R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["a"],"action":"SCMP_ACT_ERRNO"}]})",
         "/syscalls/0: says what the default says"},
    };
    for (const auto& [json, expected] : cases) {
        const auto notes = read_profile(json, "p").notes;
        const auto told =
            std::find_if(notes.begin(), notes.end(),
                         [&start = expected](const std::string& note) { return note.starts_with(start); });
        EXPECT_NE(told, notes.end()) << json << "\n  notes " << testing::PrintToString(notes);
        EXPECT_EQ(notes.size(), expected.find("is no flag") == std::string::npos ? 1U : 2U) << json;
    }
}

TEST(ReadProfile, DockersEmptyFieldsSayNothing) {
    EXPECT_TRUE(
        read_profile(rule_with(R"("comment":"","includes":{},"excludes":{},"args":[])"), "p").notes.empty());
}

TEST(ReadProfile, ARuleOfDockersNameAloneNamesNothing) {
    const auto read = read_profile(
        R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"name":"read","action":"SCMP_ACT_ALLOW"}]})", "p");
    EXPECT_TRUE(read.profile.rules.empty());
    EXPECT_EQ(read.notes.size(), 1U);
}

}  // namespace
}  // namespace scgen
