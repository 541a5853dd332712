#include "scgen/profile/wording.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace scgen {
namespace {

std::string condition_text(const Comparison& arg) {
    constexpr std::array<std::string_view, 6> signs{"!=", "<", "<=", "==", ">=", ">"};
    const std::string argument = "arg" + std::to_string(arg.index);
    if (arg.op == Comparison::Op::masked_eq)
        return argument + " & " + hex_text(arg.value) + " == " + hex_text(arg.value_two);
    return argument + " " + std::string(signs[static_cast<std::size_t>(arg.op)]) + " " + hex_text(arg.value);
}

}  // namespace

std::string ruling_text(Action action, std::optional<std::uint32_t> errno_ret) {
    std::string text(action_name(action));
    if (errno_ret && (action == Action::errno_ || action == Action::trace))
        text += ' ' + std::to_string(*errno_ret);
    return text;
}

std::string conditions_text(const std::vector<Comparison>& args) {
    std::string text;
    for (const auto& arg : args)
        text += (text.empty() ? "" : " and ") + condition_text(arg);
    return text;
}

std::string hex_text(std::uint64_t value) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

}  // namespace scgen
