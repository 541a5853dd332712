#include "scgen/audit/source.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <thread>

#include "scgen/error.hpp"

namespace scgen {
namespace {

using namespace std::chrono_literals;

class File {
  public:
    explicit File(const std::string& text) {
        const int fd = ::mkstemp(path_.data());
        std::ofstream(path_, std::ios::binary) << text;
        ::close(fd);
    }
    ~File() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

  private:
    std::string path_ = "/tmp/scgen-source-XXXXXX";
};

struct All {
    std::string text;
    std::uint64_t oversized = 0;
};

All drain(Source& source) {
    All all;
    for (;;) {
        const Block block = source.next(1s);
        all.text += block.text;
        all.oversized += block.oversized;
        if (block.end) return all;
        EXPECT_TRUE(block.text.empty() || block.text.back() == '\n');
    }
}

All drain(const std::string& text, std::size_t max_line) {
    const File file(text);
    Source source = Source::open(file.path(), max_line);
    Source ahead = Source::open(file.path(), max_line, Foresight{});
    const All all = drain(source), read_ahead = drain(ahead);
    EXPECT_EQ(all.text, read_ahead.text);
    EXPECT_EQ(all.oversized, read_ahead.oversized);
    EXPECT_EQ(ahead.bytes_read(), text.size());
    return all;
}

TEST(Source, HandsOutEverythingInWholeLines) {
    std::string text;
    for (int i = 0; i < 100'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    EXPECT_EQ(drain(text, 1 << 20).text, text);
    EXPECT_EQ(drain(text + "unterminated", 1 << 20).text, text + "unterminated");
    EXPECT_EQ(drain("", 1 << 20).text, "");
}

TEST(Source, LinesOverTheLimitAreCountedAndNeverReparsed) {
    for (const std::size_t limit : {std::size_t{10}, std::size_t{300'000}}) {
        const std::string fits(limit, 'a'), over(limit + 1, 'b'), far_over(limit * 3 + 700'000, 'c');
        const All all =
            drain(fits + "\n" + over + "\n" + "x\n" + far_over + "\ny\n" + far_over + "\n" + fits, limit);
        EXPECT_EQ(all.text, fits + "\nx\ny\n" + fits) << limit;
        EXPECT_EQ(all.oversized, 3U) << limit;
        EXPECT_EQ(drain("x\n" + far_over, limit).oversized, 1U) << "unterminated";
    }
}

TEST(Source, APipeIsReadAsItComesAndStopsWhenTold) {
    int data[2];
    ASSERT_EQ(::pipe(data), 0);
    Source source = Source::open("/dev/fd/" + std::to_string(data[0]), 1 << 20);
    EXPECT_GE(source.fd(), 0);
    ASSERT_EQ(::write(data[1], "one\ntw", 6), 6);
    EXPECT_EQ(source.next(1s).text, "one\n");
    EXPECT_EQ(source.next(10ms).text, "") << "half a line is not handed out";
    ASSERT_EQ(::write(data[1], "o\nthree\nfour", 12), 12);
    source.stop();
    ASSERT_EQ(::write(data[1], " and later\n", 11), 11);
    std::string rest;
    while (!source.ended())
        rest += source.next(60s).text;
    EXPECT_EQ(rest, "two\nthree\nfour") << "what had come, half a line included";
    for (const int fd : {data[0], data[1]})
        ::close(fd);
}

TEST(Source, AFileThatIsStoppedLeavesItsRest) {
    std::string text;
    for (int i = 0; i < 100'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    const File file(text);
    Source source = Source::open(file.path(), 1 << 20);
    const std::string begin(source.next(0s).text);
    source.stop();
    const Block last = source.next(0s);
    EXPECT_TRUE(last.end && last.text.empty() && source.ended());
    EXPECT_TRUE(text.starts_with(begin) && begin.ends_with('\n'));
}

TEST(Source, PreviewsAreOfTheTextsThatTheyComeWith) {
    std::string text;
    for (int i = 0; i < 300'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    const File file(text);
    std::atomic<bool> thread_looked = false;
    const MakePreview by_caller = [](std::string_view seen, Preview& preview) {
        preview.parts = {{.bytes = seen.size()}};
    };
    const MakePreview by_thread = [&](std::string_view seen, Preview& preview) {
        by_caller(seen, preview);
        thread_looked = true;
    };
    Source source = Source::open(file.path(), 1 << 20, Foresight{by_caller, by_thread});
    std::string all;
    int previews = 0;
    while (!source.ended()) {
        const Block block = source.next(0s);
        all += block.text;
        while (!thread_looked)
            std::this_thread::yield();
        if (block.preview == nullptr || block.text.empty()) continue;
        ++previews;
        ASSERT_EQ(block.preview->parts.size(), 1U);
        EXPECT_EQ(block.preview->parts.front().bytes, block.text.size());
    }
    EXPECT_EQ(all, text);
    EXPECT_GT(previews, 0);
}

TEST(Source, APreviewThatFailsIsAnErrorInItsTurn) {
    const File file(std::string(4 << 20, '\n'));
    const MakePreview fails = [](std::string_view, Preview&) { throw std::bad_alloc(); };
    Source source = Source::open(file.path(), 1 << 20, Foresight{{}, fails});
    EXPECT_FALSE(source.next(0s).text.empty());
    EXPECT_THROW(
        while (!source.ended()) {
            source.next(0s);
            std::this_thread::sleep_for(1ms);
        },
        std::bad_alloc);
    EXPECT_TRUE(source.ended());
}

TEST(Source, AFileThatIsReadAheadLeavesItsRestToo) {
    std::string text;
    // More than is read ahead.
    for (int i = 0; i < 500'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    const File file(text);
    for (const int blocks : {0, 1, 2}) {
        Source source = Source::open(file.path(), 1 << 20, Foresight{});
        std::string begin;
        for (int i = 0; i < blocks; ++i)
            begin += source.next(0s).text;
        source.stop();
        // What was read already, and the end.
        while (!source.ended())
            begin += source.next(0s).text;
        EXPECT_TRUE(text.starts_with(begin) && begin.size() < text.size()) << blocks;
        EXPECT_EQ(begin.empty(), blocks == 0);
        EXPECT_TRUE(begin.empty() || begin.ends_with('\n'));
    }
    // Nobody asks for the rest.
    Source source = Source::open(file.path(), 1 << 20, Foresight{});
    EXPECT_FALSE(source.next(0s).text.empty());
    EXPECT_FALSE(source.next(0s).text.empty());
}

TEST(Source, KnowsWhatCanGrow) {
    const File plain("text\n"), packed("\x1f\x8b\x08");
    EXPECT_TRUE(Source::can_grow(plain.path()));
    EXPECT_TRUE(Source::can_grow("/nonexistent/log"));
    EXPECT_FALSE(Source::can_grow(packed.path()));
    EXPECT_FALSE(Source::can_grow("-"));
    EXPECT_FALSE(Source::can_grow("/dev/null"));
}

TEST(Source, WhatIsNoTextIsRefusedWithACommandThatHelps) {
    for (const auto& [bytes, advice] : {std::pair<std::string, std::string>{"LPKSHHRH", "--journal="},
                                        {"\xff\xfe"
                                         "a",
                                         "iconv"},
                                        {"\x1f\x8b\x08\x00", "cut or damaged"}}) {
        try {
            drain(bytes + "rest of it", 1 << 20);
            ADD_FAILURE() << advice;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(advice), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(Source::open("/nonexistent/log", 1 << 20), Error);
    EXPECT_THROW(Source::open("/tmp", 1 << 20), Error);
}

TEST(Source, CompressedInputStreams) {
    std::string text;
    for (int i = 0; i < 50'000; ++i)
        text += "line " + std::to_string(i) + "\n";
    for (const std::string command : {"gzip", "xz", "zstd -q", "bzip2"}) {
        const File plain(text), packed("");
        ASSERT_EQ(std::system((command + " -c " + plain.path() + " > " + packed.path()).c_str()), 0)
            << command;
        ASSERT_EQ(std::system((command + " -c " + plain.path() + " >> " + packed.path()).c_str()), 0)
            << command;
        for (const auto& ahead : {std::optional<Foresight>(), std::optional(Foresight{})}) {
            Source source = Source::open(packed.path(), 1 << 20, ahead);
            EXPECT_EQ(drain(source).text, text + text) << command << ", two members";
        }
        ASSERT_EQ(::truncate(packed.path().c_str(), 9'000), 0);
        for (const auto& ahead : {std::optional<Foresight>(), std::optional(Foresight{})}) {
            Source cut = Source::open(packed.path(), 1 << 20, ahead);
            EXPECT_THROW(drain(cut), Error) << command;
        }
    }
}

}  // namespace
}  // namespace scgen
