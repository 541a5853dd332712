#include "cli/output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scgen/error.hpp"

namespace scgen {
namespace {

namespace fs = std::filesystem;

class Output : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "scgen-output-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        place_ = pattern;
    }
    void TearDown() override { fs::remove_all(place_); }

    std::string path(const std::string& name) const { return (place_ / name).string(); }

    static std::string content(const std::string& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }

    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(place_), fs::directory_iterator()));
    }

    fs::path place_;
};

TEST_F(Output, ReplacesAFileWhole) {
    replace_file(path("a"), "one");
    EXPECT_EQ(content(path("a")), "one");
    replace_file(path("a"), "two");
    EXPECT_EQ(content(path("a")), "two");
    EXPECT_EQ(entries(), 1U) << "nothing else is left behind";
}

TEST_F(Output, ModeIsThatOfAnOrdinaryFile) {
    const mode_t before = ::umask(027);
    replace_file(path("a"), "one");
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(Output, TheOldFileOutlivesAFailedWrite) {
    replace_file(path("a"), "old");
    // A limit on the size of files fails the write half way, as a full disk does.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 1000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    std::string message;
    try {
        replace_file(path("a"), std::string(5000, 'x'));
    } catch (const Error& error) {
        message = error.what();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    EXPECT_EQ(message, path("a") + ": write: File too large");
    EXPECT_EQ(content(path("a")), "old");
    EXPECT_EQ(entries(), 1U) << "the draft is gone";
}

TEST_F(Output, NeverFollowsALink) {
    std::ofstream(path("target")) << "precious";
    fs::create_symlink("target", path("link"));
    replace_file(path("link"), "new");
    EXPECT_EQ(content(path("target")), "precious");
    EXPECT_FALSE(fs::is_symlink(path("link")));
    EXPECT_EQ(content(path("link")), "new");
}

TEST_F(Output, RefusesWhatIsNoFile) {
    fs::create_directory(path("dir"));
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    fs::create_symlink("fifo", path("to-fifo"));
    for (const std::string& name :
         {path("dir"), path("dir/"), path("fifo"), path("to-fifo"), std::string("/dev/null"),
          std::string("/dev/stdout"), path("missing/a"), path("")})
        EXPECT_THROW(replace_file(name, "x"), Error) << name;
    EXPECT_TRUE(fs::is_fifo(path("fifo")));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Output, ADirectoryIsMade) {
    ProfileDirectory directory(path("new"), ".json");
    directory.write({{"nginx", "1"}, {"../x", "2"}});
    EXPECT_EQ(content(path("new/nginx.json")), "1");
    EXPECT_EQ(content(directory.path_of("../x")), "2");
    EXPECT_EQ(fs::path(directory.path_of("../x")).parent_path(), fs::path(path("new")));
    std::ofstream(path("file")) << "x";
    EXPECT_THROW((ProfileDirectory{path("file"), ".json"}), Error);
    EXPECT_THROW((ProfileDirectory{path("no/where"), ".json"}), Error);
}

TEST_F(Output, NoTwoWorkloadsShareAFile) {
    ProfileDirectory directory(path("d"), ".json");
    // The second is called what the first one's file is.
    directory.write({{"a/b", "1"}});
    const std::string name = fs::path(directory.path_of("a/b")).stem().string();
    directory.write({{"a/b", "1"}, {name, "2"}});
    EXPECT_EQ(content(directory.path_of("a/b")), "1");
    EXPECT_EQ(content(directory.path_of(name)), "2");
}

TEST_F(Output, WhatIsNoLongerAWorkloadGoes) {
    ProfileDirectory directory(path("d"), ".json");
    std::ofstream(path("d/other.json")) << "not ours";
    directory.write({{"sh", "1"}});
    directory.write({{"nginx", "2"}});
    EXPECT_FALSE(fs::exists(path("d/sh.json")));
    EXPECT_EQ(content(path("d/nginx.json")), "2");
    EXPECT_EQ(content(path("d/other.json")), "not ours");
}

}  // namespace
}  // namespace scgen
