#pragma once

#include <optional>
#include <string_view>

#include "cursor.hpp"
#include "scgen/audit/record.hpp"
#include "scgen/audit/tally.hpp"

namespace scgen {

/// Reads what follows "audit(" in a raw record: "1594067860.484:14536): auid=...".
Outcome parse_stamped_body(std::string_view text, Record& record) noexcept;

/// Reads the fields alone, from "auid=" to the end of the line; the stamp is the caller's.
Outcome parse_fields(std::string_view text, Record& record) noexcept;

/// Reads what follows "audit(" in a record that `ausearch -i` interpreted: "11/23/26 20:02:26.207:2162) :
/// auid=unset ...".
Outcome parse_interpreted_body(std::string_view text, Record& record) noexcept;

/// Reads the "SEC.MSEC:SERIAL" of a stamp and leaves the cursor behind it.
bool parse_stamp(Cursor& cursor, Record& record) noexcept;

}  // namespace scgen
