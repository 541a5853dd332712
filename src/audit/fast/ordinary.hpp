#pragma once

#include <string_view>

#include "scgen/audit/record_reader.hpp"

namespace scgen {

/// The text of the first JSON object on a line, from its bracket on; empty for a line that opens none. What json-seq,
/// server-sent events and arrays put before it is skipped.
std::string_view json_start(std::string_view line) noexcept;

/// Without the blanks, tabs and carriage returns around it.
std::string_view trimmed(std::string_view text) noexcept;

bool is_blank(char c) noexcept;

/// The lines at the start of `text` that hold nothing a reader could want: no record, none of another type, no notice, and
/// no start of an entry. Most lines of most logs are so.
///
/// Shape:  `text` begins at the start of a line. Fewer than could be may be found, never more.
PassedLines ordinary_lines(std::string_view text) noexcept;

}  // namespace scgen
