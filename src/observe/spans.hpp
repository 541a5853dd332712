#pragma once

#include <utility>
#include <vector>

#include "scgen/observe/observations.hpp"

namespace scgen {

/// Times of activity, in order.
using Spans = std::vector<std::pair<Moment, Moment>>;

/// Units: milliseconds; a longer pause parts two spans.
inline constexpr std::uint64_t span_pause_ms = 10U * 60U * 1000U;

/// Past this many spans of one subject the two nearest become one, since times in a forged log cost nothing.
inline constexpr std::size_t most_spans = 256;

/// Whether `later` comes more than a pause after `earlier`; false where either has no time.
bool is_pause(const Moment& earlier, const Moment& later) noexcept;

/// Adds a span, joining all that no pause parts. One without a time is not kept.
///
/// Law: the result depends on what was added and not on the order (single linkage), up to most_spans.
void add_span(Spans& spans, const Moment& first, const Moment& last);

}  // namespace scgen
