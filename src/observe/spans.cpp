#include "spans.hpp"

#include <algorithm>
#include <cstdint>

namespace scgen {
namespace {

/// Of two moments in order, both with a time.
std::uint64_t pause_between(const Moment& earlier, const Moment& later) noexcept {
    return static_cast<std::uint64_t>(*later.time_ms) - static_cast<std::uint64_t>(*earlier.time_ms);
}

void join_nearest(Spans& spans) {
    auto nearest = spans.begin();
    for (auto at = spans.begin(); at + 1 != spans.end(); ++at)
        if (pause_between(at->second, (at + 1)->first) < pause_between(nearest->second, (nearest + 1)->first))
            nearest = at;
    nearest->second = (nearest + 1)->second;
    spans.erase(nearest + 1);
}

}  // namespace

bool is_pause(const Moment& earlier, const Moment& later) noexcept {
    return earlier.time_ms && later.time_ms && *later.time_ms > *earlier.time_ms &&
           pause_between(earlier, later) > span_pause_ms;
}

void add_span(Spans& spans, const Moment& first, const Moment& last) {
    if (!first.time_ms) return;
    if (!spans.empty() && spans.back().second <= first && !is_pause(spans.back().second, first)) {
        spans.back().second = last;
        return;
    }
    // Logs are mostly in order: what comes belongs to the last span, or behind it.
    auto begin = spans.end();
    while (begin != spans.begin() && !is_pause((begin - 1)->second, first))
        --begin;
    auto end = begin;
    while (end != spans.end() && !is_pause(last, end->first))
        ++end;
    if (begin == end) {
        spans.insert(begin, {first, last});
        if (spans.size() > most_spans) join_nearest(spans);
        return;
    }
    begin->first = std::min(begin->first, first);
    begin->second = std::max({begin->second, last, (end - 1)->second});
    spans.erase(begin + 1, end);
}

}  // namespace scgen
