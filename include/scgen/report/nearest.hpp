#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// The names most like `word`, best first, at most three; none where nothing is like it.
///
/// Shape:  like is: at most a third of the word's letters (and at least one, at most four) inserted, left
///         out, changed or swapped with the next; or one begins with the other.
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string_view>& names);

/// " Did you mean a, b or c?" or nothing.
std::string did_you_mean(const std::vector<std::string>& names, std::string_view before = {});

}  // namespace scgen
