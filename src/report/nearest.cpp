#include "scgen/report/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "scgen/report/escape.hpp"

namespace scgen {
namespace {

/// Edits that turn `a` into `b`; a swap of neighbours is one (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string_view>& names) {
    constexpr std::size_t most_names = 3;
    constexpr std::size_t longest_word = 128;
    if (word.empty() || word.size() > longest_word) return {};
    const std::size_t limit = std::clamp<std::size_t>(word.size() / 3, 1, 4);
    std::vector<std::pair<std::size_t, std::string_view>> found;
    for (const std::string_view name : names) {
        if (name.size() > longest_word) continue;
        const std::size_t edits = distance(word, name);
        const bool prefix =
            word.size() >= 3 && name.size() >= 3 && (name.starts_with(word) || word.starts_with(name));
        if (edits <= limit || prefix) found.emplace_back(edits, name);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<std::string> out;
    for (const auto& [edits, name] : found)
        if (out.size() < most_names) out.emplace_back(name);
    return out;
}

std::string did_you_mean(const std::vector<std::string>& names, std::string_view before) {
    if (names.empty()) return {};
    std::string out = " Did you mean ";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
        out += before;
        out += escape(names[i]);
    }
    return out + "?";
}

}  // namespace scgen
