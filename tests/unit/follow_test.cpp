#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "scgen/audit/source.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t max_line = 1 << 16;

/// A folder, and what a follower of files in it has handed out.
class Follow : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "scgen-follow-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        place_ = pattern;
    }
    void TearDown() override { fs::remove_all(place_); }

    std::string path(const std::string& name) const { return (place_ / name).string(); }

    static void append(const std::string& path, const std::string& text) {
        std::ofstream(path, std::ios::app | std::ios::binary) << text;
    }

    void take(const Block& block) {
        text_ += block.text;
        by_input_[block.input] += block.text;
        losses_.insert(losses_.end(), block.losses.begin(), block.losses.end());
        notes_.insert(notes_.end(), block.notes.begin(), block.notes.end());
    }

    /// All that the source hands out until nothing comes for a while.
    std::string read(Source& source) {
        text_.clear();
        for (;;) {
            const Block block = source.next(100ms);
            take(block);
            if (block.text.empty() && source.fd() >= 0) return text_;
        }
    }

    std::string finish(Source& source) {
        text_.clear();
        source.stop();
        while (!source.ended())
            take(source.next(1s));
        return text_;
    }

    fs::path place_;
    std::string text_;
    std::map<std::uint64_t, std::string> by_input_;
    std::vector<Loss> losses_;
    std::vector<std::string> notes_;
};

TEST_F(Follow, ReadsFromTheStartAndOn) {
    append(path("log"), "one\ntwo\nth");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\ntwo\n") << "half a line is held";
    append(path("log"), "ree\n");
    EXPECT_EQ(read(source), "three\n");
    append(path("log"), "fo");
    EXPECT_EQ(finish(source), "fo") << "at the end it is all there is";
}

TEST_F(Follow, ARenamedFileIsReadToItsEndAndWrittenToForAWhile) {
    append(path("log"), "one\n");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\n");
    append(path("log"), "two\nhal");
    fs::rename(path("log"), path("log.1"));
    append(path("log"), "new one\nhal");
    EXPECT_EQ(read(source), "two\nnew one\n");
    append(path("log.1"), "f of the old\n");
    append(path("log"), "f of the new\n");
    EXPECT_EQ(read(source), "half of the old\nhalf of the new\n") << "halves of two files never meet";
    EXPECT_EQ(by_input_.size(), 1U) << "serials go on from the old file to the new";
    EXPECT_TRUE(losses_.empty());
}

TEST_F(Follow, ACopyMadeBeforeATruncationIsReadOn) {
    append(path("log"), "one\ntw");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\n");
    append(path("log"), "o\nthree\n");
    fs::copy_file(path("log"), path("log.1"));
    ASSERT_EQ(::truncate(path("log").c_str(), 0), 0);
    append(path("log"), "four, which makes the file longer than it was when it was read\n");
    EXPECT_EQ(read(source), "two\nthree\nfour, which makes the file longer than it was when it was read\n");
    EXPECT_TRUE(losses_.empty());
}

TEST_F(Follow, ATruncationWithoutACopyIsALoss) {
    append(path("log"), "one\ntwo\nhalf");
    append(path("log.1"), "an older file that is no copy\n");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\ntwo\n");
    ASSERT_EQ(::truncate(path("log").c_str(), 0), 0);
    EXPECT_EQ(read(source), "half");
    append(path("log"), "three\n");
    EXPECT_EQ(read(source), "three\n");
    EXPECT_EQ(losses_, std::vector<Loss>({{Loss::Kind::rotation, 0}}));
    ASSERT_EQ(notes_.size(), 1U);
    EXPECT_NE(notes_[0].find("was truncated"), std::string::npos);
}

TEST_F(Follow, AnOldFileThatIsOverwrittenIsNotReadAgain) {
    append(path("log"), "one\n");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\n");
    fs::rename(path("log"), path("log.1"));
    append(path("log"), "two\n");
    EXPECT_EQ(read(source), "two\n");
    append(path("log"), "three\n");
    fs::copy_file(path("log"), path("log.1"), fs::copy_options::overwrite_existing);
    ASSERT_EQ(::truncate(path("log").c_str(), 0), 0);
    append(path("log"), "four\n");
    EXPECT_EQ(read(source), "three\nfour\n");
    append(path("log.1"), "late\n");
    EXPECT_EQ(read(source), "late\n");
}

TEST_F(Follow, TheHoleThatAWriterLeavesIsSkipped) {
    const int writer = ::open(path("log").c_str(), O_WRONLY | O_CREAT, 0644);
    ASSERT_EQ(::write(writer, "first line\n", 11), 11);
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "first line\n");
    ASSERT_EQ(::ftruncate(writer, 0), 0);
    ASSERT_EQ(::write(writer, "second line\n", 12), 12);
    ::close(writer);
    EXPECT_EQ(read(source), "second line\n");
}

TEST_F(Follow, DeletedAndMadeAnew) {
    append(path("log"), "one\n");
    Source source = Source::follow({path("log")}, max_line);
    EXPECT_EQ(read(source), "one\n");
    fs::remove(path("log"));
    EXPECT_EQ(read(source), "");
    append(path("log"), "two\n");
    EXPECT_EQ(read(source), "two\n");
    EXPECT_TRUE(losses_.empty());
}

TEST_F(Follow, WaitsForFilesFoldersAndLinks) {
    Source source = Source::follow({path("a/b/log"), path("link")}, max_line);
    EXPECT_EQ(read(source), "");
    fs::create_directories(path("a/b"));
    append(path("a/b/log"), "in a new folder\n");
    EXPECT_EQ(read(source), "in a new folder\n");
    fs::create_directories(path("elsewhere"));
    fs::create_symlink(path("elsewhere/target"), path("link"));
    EXPECT_EQ(read(source), "");
    append(path("elsewhere/target"), "through a link\n");
    EXPECT_EQ(read(source), "through a link\n");
    fs::rename(path("elsewhere/target"), path("elsewhere/target.1"));
    append(path("elsewhere/target"), "through a link again\n");
    EXPECT_EQ(read(source), "through a link again\n");
    fs::remove_all(path("a"));
    EXPECT_EQ(read(source), "");
    fs::create_directories(path("a/b"));
    append(path("a/b/log"), "in the folder made anew\n");
    EXPECT_EQ(read(source), "in the folder made anew\n");
}

TEST_F(Follow, AFileIsReadOnceWhateverItsNames) {
    append(path("log"), "one\n");
    append(path("log.1"), "zero\n");
    Source source = Source::follow({path("log"), path("log.1"), path("./log")}, max_line);
    std::string text = read(source);
    EXPECT_TRUE(text == "one\nzero\n" || text == "zero\none\n") << text;
    fs::rename(path("log"), path("log.1"));
    append(path("log"), "two\n");
    EXPECT_EQ(read(source), "two\n");
    fs::rename(path("log"), path("aside"));
    fs::rename(path("log.1"), path("log"));
    EXPECT_EQ(read(source), "");
    append(path("log"), "three\n");
    EXPECT_EQ(read(source), "three\n");
}

TEST_F(Follow, WhatCannotBeFollowedIsRefused) {
    append(path("journal"), "LPKSHHRH and more");
    EXPECT_THROW(Source::follow({path("journal")}, max_line), Error);
    EXPECT_THROW(Source::follow({place_.string()}, max_line), Error);
}

/// Writes numbered lines, and rotates its file in one way after the other.
class Writer {
  public:
    Writer(std::string path, char letter, const std::atomic<int>& read)
        : path_(std::move(path)), letter_(letter), read_(read) {
        reopen();
    }
    ~Writer() { ::close(fd_); }

    void run(int lines) {
        for (int round = 0; written_ < lines; ++round) {
            write_lines(lines / 20);
            rotate(round);
        }
    }

  private:
    void reopen() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    }

    void write_lines(int count) {
        for (int i = 0; i < count; ++i) {
            const std::string line = letter_ + std::to_string(++written_) + "\n";
            const std::size_t cut = static_cast<std::size_t>(written_) % line.size();
            EXPECT_EQ(::write(fd_, line.data(), cut), static_cast<ssize_t>(cut));
            EXPECT_EQ(::write(fd_, line.data() + cut, line.size() - cut),
                      static_cast<ssize_t>(line.size() - cut));
        }
    }

    void rotate(int round) {
        const std::string old = path_ + "." + std::to_string(round);
        wait_for(begun_ + 1);  // nobody can follow a file that is gone before it was looked at
        switch (round % 4) {
            case 0:
                fs::rename(path_, old);
                write_lines(100);  // as a daemon does, until it is told
                ::close(::open(path_.c_str(), O_WRONLY | O_CREAT, 0644));
                write_lines(100);
                reopen();
                break;
            case 1:
                fs::copy_file(path_, old);
                EXPECT_EQ(::ftruncate(fd_, 0), 0);
                break;
            case 2:
                wait_for(written_);  // without a copy, what was not read is lost
                EXPECT_EQ(::ftruncate(fd_, 0), 0);
                break;
            case 3:
                fs::remove(path_);
                write_lines(100);
                reopen();
                break;
        }
        begun_ = written_;
    }

    void wait_for(int line) const {
        while (read_ < line)
            std::this_thread::yield();
    }

    std::string path_;
    char letter_;
    const std::atomic<int>& read_;
    int fd_ = -1;
    int written_ = 0;
    int begun_ = 0;  ///< the last line before the present file
};

TEST_F(Follow, NothingIsLostOrTwiceThroughAllRotations) {
    constexpr int lines = 50'000;
    std::atomic<int> read_a = 0, read_b = 0;
    std::atomic<int> writing = 2;
    Source source = Source::follow({path("a.log"), path("b.log")}, max_line);
    const auto write = [&](const char* name, char letter, const std::atomic<int>& read) {
        Writer(path(name), letter, read).run(lines);
        --writing;
    };
    std::thread a(write, "a.log", 'a', std::cref(read_a)), b(write, "b.log", 'b', std::cref(read_b));
    std::map<char, std::vector<int>> seen;
    bool stopped = false;
    while (!source.ended()) {
        if (writing == 0 && !std::exchange(stopped, true)) source.stop();
        const Block block = source.next(20ms);
        take(block);
        for_each_line(block.text, [&](std::string_view line) {
            ASSERT_GE(line.size(), 2U);
            seen[line.front()].push_back(std::stoi(std::string(line.substr(1))));
        });
        read_a = static_cast<int>(seen['a'].size());
        read_b = static_cast<int>(seen['b'].size());
    }
    a.join();
    b.join();
    for (auto& [letter, numbers] : seen) {
        std::sort(numbers.begin(), numbers.end());
        EXPECT_GE(numbers.size(), static_cast<std::size_t>(lines));
        for (std::size_t i = 0; i < numbers.size(); ++i)
            ASSERT_EQ(numbers[i], static_cast<int>(i) + 1) << letter;
    }
    EXPECT_EQ(seen.size(), 2U);
    EXPECT_EQ(losses_.size(), notes_.size()) << "each truncation without a copy, and nothing else";
    EXPECT_EQ(losses_.size(), 10U);
}

}  // namespace
}  // namespace scgen
