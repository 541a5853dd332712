#include "scgen/text/json_value.hpp"

#include "scgen/error.hpp"

namespace scgen {

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == key) return items[i].kind == Kind::null ? nullptr : &items[i];
    return nullptr;
}

Place Place::operator/(std::string_view key) const {
    Place result = *this;
    result.pointer_ += '/';
    for (const char c : key) {
        if (c == '~')
            result.pointer_ += "~0";
        else if (c == '/')
            result.pointer_ += "~1";
        else
            result.pointer_ += c;
    }
    return result;
}

Place Place::operator/(std::size_t index) const {
    return *this / std::string_view(std::to_string(index));
}

void Place::fail(const std::string& message) const {
    throw Error(*origin_ + ": " + note(message));
}

std::string Place::note(const std::string& message) const {
    if (pointer_.empty()) return message;
    const std::string text = shown(pointer_);
    return text.substr(1, text.size() - 2) + ": " + message;
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 120;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            result += c;
        } else {
            result += "\\x";
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        }
    }
    if (text.size() > longest) result += "...";
    return result + '"';
}

}  // namespace scgen
