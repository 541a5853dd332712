#include "entry_forms.hpp"

#include <algorithm>
#include <array>

#include "cursor.hpp"
#include "fast/ordinary.hpp"

namespace scgen {

using std::string_view;

bool is_key(string_view text) noexcept {
    const auto fits = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

bool opens_verbose_entry(string_view line) noexcept {
    return line.size() > 30 && line[3] == ' ' && is_digit(line[4]) && line[8] == '-' && line.back() == ']' &&
           line.find(" [s=") != string_view::npos;
}

string_view without_dmesg_opening(string_view text) noexcept {
    Cursor c{text};
    for (const string_view token : {"{", "\"dmesg\"", ":", "["}) {
        if (!c.eat(token)) return text;
        c.take_while(is_blank);
    }
    return c.starts('{') ? c.rest : text;
}

bool is_dmesg_opening(string_view text) noexcept {
    std::array<char, 64> squeezed;
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    if (text.size() > squeezed.size() || last == string_view::npos || text[last] != '[') return false;
    const auto end = std::copy_if(text.begin(), text.end(), squeezed.begin(),
                                  [](char c) { return c != '\n' && !is_blank(c); });
    return string_view(squeezed.data(), static_cast<std::size_t>(end - squeezed.begin())) == "{\"dmesg\":[";
}

}  // namespace scgen
