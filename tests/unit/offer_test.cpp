#include "cli/offer.hpp"

#include <gtest/gtest.h>

namespace scgen {
namespace {

ProfileInput read_from(std::string path) {
    ProfileInput input;
    input.paths = {std::move(path)};
    return input;
}

Profile profile_with(Action action, std::optional<std::uint32_t> number = {}) {
    Profile profile;
    profile.default_action = action;
    profile.default_errno = number;
    return profile;
}

TEST(Offer, WordsAreQuotedWhereAShellWouldReadThemOtherwise) {
    EXPECT_EQ(shell_word("/tmp/a-b_c.json"), "/tmp/a-b_c.json");
    EXPECT_EQ(shell_word(""), "''");
    EXPECT_EQ(shell_word("a b"), "'a b'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("$(rm -r x);`y`\\"), "'$(rm -r x);`y`\\'");
    EXPECT_EQ(shell_word("~root"), "'~root'");
    EXPECT_EQ(shell_word("\xc3\xa4"), "'\xc3\xa4'");
    EXPECT_EQ(shell_word("a\nb"), "$'a\\x0ab'");
    EXPECT_EQ(shell_word("\x1b[2J'"), "$'\\x1b\\x5b2J\\x27'");
}

TEST(Offer, AProfileThatIsReadAsItStandsIsReplaced) {
    EXPECT_EQ(command_that_adds(profile_with(Action::errno_), read_from("p.json"), "d.log"),
              "scgen --learn denied --group-by all --closure none --base p.json -o p.json d.log");
    EXPECT_EQ(command_that_adds(profile_with(Action::errno_), read_from("-p"), "-d"),
              "scgen --learn denied --group-by all --closure none --base ./-p -o ./-p ./-d");
}

TEST(Offer, ItsDefaultActionStays) {
    const struct {
        Action action;
        std::optional<std::uint32_t> number;
        const char* options;
    } cases[] = {{Action::errno_, {}, ""},
                 {Action::errno_, 1, ""},
                 {Action::errno_, 38, " --errno 38"},
                 {Action::kill_process, {}, " --default-action kill-process"},
                 {Action::kill_thread, {}, " --default-action kill-thread"},
                 {Action::trap, {}, " --default-action trap"}};
    for (const auto& each : cases)
        EXPECT_EQ(command_that_adds(profile_with(each.action, each.number), read_from("p"), "d"),
                  std::string("scgen --learn denied --group-by all --closure none --base p") + each.options +
                      " -o p d");
}

TEST(Offer, WhatAnEngineMadeOfAProfileGoesToANewFile) {
    ProfileInput input = read_from("my docker.json");
    input.engine = Engine::docker;
    input.kernel = {6, 1};
    input.caps = {"CAP_BPF"};
    input.default_caps = false;
    input.all_caps = true;
    input.privileged = true;
    EXPECT_EQ(command_that_adds(profile_with(Action::errno_), input, "d.log"),
              "scgen merge --engine docker --kernel 6.1 --cap NONE --cap ALL --cap CAP_BPF --privileged 'my "
              "docker.json' "
              "| scgen --learn denied --group-by all --closure none --base - -o 'my docker-more.json' d.log");
}

}  // namespace
}  // namespace scgen
