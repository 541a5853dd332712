#include "audit/cursor.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

// Numbers against std::from_chars, at all limits of their types.

namespace scgen {
namespace {

/// What Cursor reads, told plainly: the longest run of such characters, which must be one number without leading zeros.
template <class T>
std::optional<T> number_of(std::string_view text, int base, std::string_view characters) {
    const std::string_view run = text.substr(0, text.find_first_not_of(characters));
    const std::string_view digits = run.substr(run.starts_with('-') ? 1 : 0);
    T value{};
    const auto [end, error] = std::from_chars(run.data(), run.data() + run.size(), value, base);
    const bool is_whole = error == std::errc{} && end == run.data() + run.size();
    return is_whole && (digits.size() == 1 || digits.front() != '0') ? std::optional(value) : std::nullopt;
}

template <class T>
void compare(const std::string& text) {
    Cursor c{text};
    const auto expected = number_of<T>(text, 10, "0123456789-");
    EXPECT_EQ(c.decimal<T>(), expected) << text;
    const std::size_t run = std::min(text.size(), text.find_first_not_of("0123456789-"));
    EXPECT_EQ(text.size() - c.rest.size(), expected ? run : 0) << text;
    EXPECT_EQ(c.cut, !expected && run == text.size()) << text;
    if constexpr (std::is_unsigned_v<T>) {
        Cursor hex{text};
        EXPECT_EQ(hex.hex<T>(), number_of<T>(text, 16, "0123456789abcdef")) << text;
    }
}

void compare_all(const std::string& text) {
    compare<std::int32_t>(text);
    compare<std::uint32_t>(text);
    compare<std::int64_t>(text);
    compare<std::uint64_t>(text);
}

TEST(CursorNumbers, AreThoseOfTheLibrary) {
    for (const char* text : {"",
                             "0",
                             "00",
                             "-",
                             "-0",
                             "-1",
                             "--1",
                             "1-",
                             "1-2",
                             "007",
                             "2147483647",
                             "2147483648",
                             "-2147483648",
                             "-2147483649",
                             "4294967295",
                             "4294967296",
                             "9223372036854775807",
                             "9223372036854775808",
                             "-9223372036854775808",
                             "9999999999999999999",
                             "10000000000000000000",
                             "18446744073709551615",
                             "18446744073709551616",
                             "99999999999999999999",
                             "100000000000000000000",
                             "ffffffff",
                             "100000000",
                             "ffffffffffffffff",
                             "10000000000000000",
                             "0f",
                             "7ffc0000",
                             "c000003e",
                             "DEAD",
                             "deadBEEF",
                             "x1"}) {
        compare_all(text);
        compare_all(std::string(text) + " ");
        compare_all(std::string(text) + "g");
    }
    std::mt19937 random(7);  // NOLINT: the same every time
    const std::string_view characters = "0011223456789-abcdefF .";
    for (int i = 0; i < 50'000; ++i) {
        std::string text(random() % 22, '0');
        for (char& c : text)
            c = characters[random() % (i % 2 == 0 ? 13 : characters.size())];
        compare_all(text);
    }
}

}  // namespace
}  // namespace scgen
