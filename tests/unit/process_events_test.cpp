#include "scgen/audit/process_events.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace scgen {
namespace {

using Kind = ProcessEvent::Kind;

constexpr std::uint32_t fork_event = 1, exec_event = 2, uid_event = 4, sid_event = 0x80, ptrace_event = 0x100,
                        exit_event = 0x80000000;
constexpr std::int64_t boot_ms = 1'795'000'000'000;

template <class Number>
void append(std::string& bytes, Number number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// What the kernel sends of an event whose numbers are `fields`, at the 5th second.
std::string message(std::uint32_t what, const std::vector<std::int32_t>& fields, std::uint32_t idx = 1,
                    std::uint16_t type = 3) {
    std::string event;
    append(event, what);
    append(event, std::uint32_t{0});
    append(event, std::uint64_t{5'000'000'000});
    for (const std::int32_t field : fields)
        append(event, field);
    event.resize(40);  // its largest form
    std::string bytes;
    append(bytes, static_cast<std::uint32_t>(16 + 20 + event.size()));
    append(bytes, type);
    append(bytes, std::uint16_t{0});
    append(bytes, std::uint64_t{0});
    append(bytes, idx);
    append(bytes, std::uint32_t{1});
    append(bytes, std::uint64_t{0});
    append(bytes, static_cast<std::uint16_t>(event.size()));
    append(bytes, std::uint16_t{0});
    return bytes + event;
}

std::vector<ProcessEvent> events(const std::string& datagram) {
    const ProcessNews news = read_process_news(datagram, boot_ms);
    EXPECT_EQ(news.malformed, 0U);
    return news.events;
}

TEST(ProcessNews, HasForkExecExitAndChange) {
    const std::int64_t at = boot_ms + 5000;
    const auto one = [](const ProcessEvent& event) { return std::vector<ProcessEvent>{event}; };
    EXPECT_EQ(events(message(fork_event, {11, 10, 20, 20})), one({Kind::fork, 20, 10, false, at}));
    EXPECT_EQ(events(message(fork_event, {11, 10, 21, 10})), std::vector<ProcessEvent>{}) << "a thread";
    EXPECT_EQ(events(message(exec_event, {20, 20})), one({Kind::exec, 20, 0, false, at}));
    EXPECT_EQ(events(message(exit_event, {20, 20, 0, 17})), one({Kind::exit, 20, 0, false, at}));
    EXPECT_EQ(events(message(exit_event, {21, 20, 0, 17})), one({Kind::exit, 20, 0, true, at}));
    EXPECT_EQ(events(message(uid_event, {21, 20, 0, 0})), one({Kind::change, 20, 0, false, at}));
    EXPECT_EQ(events(message(sid_event, {20, 20})), one({Kind::change, 20, 0, false, at}));
    EXPECT_EQ(events(message(ptrace_event, {20, 20, 1, 1})), std::vector<ProcessEvent>{});
    EXPECT_EQ(events(message(exec_event, {20, 20}) + message(exit_event, {20, 20})).size(), 2U);
}

TEST(ProcessNews, HasTheAnswer) {
    EXPECT_EQ(read_process_news(message(0, {0}), boot_ms).answer, std::optional<std::uint32_t>(0));
    EXPECT_EQ(read_process_news(message(0, {1}), boot_ms).answer, std::optional<std::uint32_t>(1));
    EXPECT_EQ(read_process_news(message(exec_event, {20, 20}), boot_ms).answer, std::nullopt);
}

TEST(ProcessNews, BelievesNoLength) {
    const std::string whole = message(fork_event, {11, 10, 20, 20});
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const ProcessNews news = read_process_news(std::string_view(whole).substr(0, size), boot_ms);
        EXPECT_TRUE(news.events.empty()) << size;
        EXPECT_EQ(news.malformed, 1U) << size;
    }
    for (const std::size_t length_at : {std::size_t{0}, std::size_t{32}}) {
        std::string longer = whole;
        const std::uint16_t wrong = 0xffff;
        std::memcpy(longer.data() + length_at, &wrong, sizeof wrong);
        EXPECT_EQ(read_process_news(longer, boot_ms).malformed, 1U) << length_at;
        std::string none = whole;
        std::memset(none.data() + length_at, 0, 2);
        EXPECT_EQ(read_process_news(none, boot_ms).malformed, 1U) << length_at;
        EXPECT_TRUE(read_process_news(none, boot_ms).events.empty()) << length_at;
    }
}

TEST(ProcessNews, IsTheConnectorsOnly) {
    const std::vector<std::string> wrong{
        message(exec_event, {20, 20}, 7),     message(exec_event, {20, 20}, 1, 2),
        message(exec_event, {20, 0}),         message(exec_event, {20, -1}),
        message(fork_event, {11, 0, 20, 20}), message(fork_event, {11, 10, 0, 0})};
    for (const std::string& bytes : wrong) {
        const ProcessNews news = read_process_news(bytes, boot_ms);
        EXPECT_TRUE(news.events.empty());
        EXPECT_EQ(news.malformed, 1U);
    }
    EXPECT_TRUE(events(message(exec_event, {20, 20}, 1, 1)).empty()) << "a message that says nothing";
    EXPECT_TRUE(events("").empty());
}

}  // namespace
}  // namespace scgen
