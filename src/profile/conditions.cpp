// Comparing and joining conditions needs to know which values can tell them apart. Each comparison looks at
// one argument, so it is enough to find, argument by argument, values that meet every combination of its
// comparisons, and to try all combinations of those.
//
//  - ==, !=, <, <=, >, >= change only at their constants: each constant and its two neighbours do.
//  - (argument & mask) == value looks at some bits. Bits that belong to the same masks go together, and such
//  a
//    group is either as one of the values has it or otherwise: one value for each, all groups combined.
//  - Both kinds on one argument: the values of both are tried, and the answer is not complete.

#include "conditions.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace scgen {
namespace {

using Op = Comparison::Op;
constexpr std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t most_cells = 4096;
constexpr std::size_t most_calls = std::size_t{1} << 16U;

/// Values from `low` to `high`; empty when low > high.
struct Interval {
    std::uint64_t low = 0;
    std::uint64_t high = maximum;

    bool empty() const noexcept { return low > high; }
    bool operator==(const Interval&) const = default;
};

constexpr Interval nowhere{1, 0};

std::optional<Interval> interval_of(const Comparison& comparison) noexcept {
    const std::uint64_t value = comparison.value;
    switch (comparison.op) {
        case Op::lt: return value == 0 ? nowhere : Interval{0, value - 1};
        case Op::le: return Interval{0, value};
        case Op::ge: return Interval{value, maximum};
        case Op::gt: return value == maximum ? nowhere : Interval{value + 1, maximum};
        default: return std::nullopt;
    }
}

/// The one value for which it holds, if it is one.
std::optional<std::uint64_t> point_of(const Comparison& comparison) noexcept {
    if (comparison.op == Op::eq) return comparison.value;
    if (comparison.op == Op::masked_eq && comparison.value == maximum) return comparison.value_two;
    return std::nullopt;
}

bool can_hold(const Comparison& comparison) noexcept {
    if (comparison.op == Op::masked_eq) return (comparison.value_two & ~comparison.value) == 0;
    const auto interval = interval_of(comparison);
    return !interval || !interval->empty();
}

Conjunction one(const Comparison& comparison) {
    return {Conjunction::Kind::exact, {comparison}};
}
const Conjunction impossible{Conjunction::Kind::impossible, {}};
const Conjunction inexpressible{Conjunction::Kind::inexpressible, {}};

Conjunction written(std::uint32_t index, const Interval& interval) {
    if (interval.empty()) return impossible;
    if (interval == Interval{}) return {};
    if (interval.low == interval.high) return one({index, Op::eq, interval.low, 0});
    if (interval.low == 0) return one({index, Op::le, interval.high, 0});
    if (interval.high == maximum) return one({index, Op::ge, interval.low, 0});
    return inexpressible;
}

Conjunction both_masked(const Comparison& left, const Comparison& right) {
    if (((left.value_two ^ right.value_two) & left.value & right.value) != 0) return impossible;
    return one({left.index, Op::masked_eq, left.value | right.value, left.value_two | right.value_two});
}

Conjunction interval_without(const Comparison& bounded, const Interval& interval, std::uint64_t hole) {
    if (hole < interval.low || hole > interval.high) return one(bounded);
    if (interval.low == interval.high) return impossible;
    if (hole == interval.low) return written(bounded.index, {interval.low + 1, interval.high});
    if (hole == interval.high) return written(bounded.index, {interval.low, interval.high - 1});
    return inexpressible;
}

/// Both on one argument. What holds for one value, or implies the other, needs only one of them.
Conjunction both_on_one(const Comparison& left, const Comparison& right) {
    if (!can_hold(left) || !can_hold(right)) return impossible;
    if (left == right) return one(left);
    if (const auto point = point_of(left)) return holds(right, *point) ? one(left) : impossible;
    if (const auto point = point_of(right)) return holds(left, *point) ? one(right) : impossible;
    if (left.op == Op::masked_eq && right.op == Op::masked_eq) return both_masked(left, right);
    const auto a = interval_of(left);
    const auto b = interval_of(right);
    if (a && b) {
        const Interval joined{std::max(a->low, b->low), std::min(a->high, b->high)};
        if (joined == *a) return one(left);
        if (joined == *b) return one(right);
        return written(left.index, joined);
    }
    if (a && right.op == Op::ne) return interval_without(left, *a, right.value);
    if (b && left.op == Op::ne) return interval_without(right, *b, left.value);
    if (left.op == Op::ne && !holds(right, left.value)) return one(right);
    if (right.op == Op::ne && !holds(left, right.value)) return one(left);
    return inexpressible;
}

void add_edges(const Comparison& comparison, std::vector<std::uint64_t>& values) {
    const std::uint64_t value = comparison.value;
    values.push_back(value);
    if (value > 0) values.push_back(value - 1);
    if (value < maximum) values.push_back(value + 1);
}

/// A value within `bits` that is none of `taken`, if there is one.
std::optional<std::uint64_t> another(std::uint64_t bits, const std::vector<std::uint64_t>& taken) noexcept {
    std::uint64_t value = 0;
    while (true) {
        if (std::find(taken.begin(), taken.end(), value) == taken.end()) return value;
        value = (value - bits) & bits;  // the next subset of the bits
        if (value == 0) return std::nullopt;
    }
}

struct Mask {
    std::uint64_t bits;
    std::uint64_t value;
};

/// Bits that belong to the same masks, by which masks these are.
std::map<std::vector<bool>, std::uint64_t> groups_of(const std::vector<Mask>& masks) {
    std::map<std::vector<bool>, std::uint64_t> groups;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const std::uint64_t bits = std::uint64_t{1} << bit;
        std::vector<bool> members;
        for (const Mask& mask : masks)
            members.push_back((mask.bits & bits) != 0);
        if (std::find(members.begin(), members.end(), true) != members.end()) groups[members] |= bits;
    }
    return groups;
}

/// One value for each way in which the masks can match. False when there are too many.
bool add_cells(const std::vector<Mask>& masks, std::vector<std::uint64_t>& values) {
    std::vector<std::uint64_t> cells{0};
    for (const auto& [members, bits] : groups_of(masks)) {
        std::vector<std::uint64_t> choices;
        for (std::size_t i = 0; i < masks.size(); ++i)
            if (members[i]) choices.push_back(masks[i].value & bits);
        std::sort(choices.begin(), choices.end());
        choices.erase(std::unique(choices.begin(), choices.end()), choices.end());
        if (const auto other = another(bits, choices)) choices.push_back(*other);
        if (cells.size() * choices.size() > most_cells) return false;
        std::vector<std::uint64_t> next;
        for (const std::uint64_t cell : cells)
            for (const std::uint64_t choice : choices)
                next.push_back(cell | choice);
        cells = std::move(next);
    }
    values.insert(values.end(), cells.begin(), cells.end());
    return true;
}

/// Values for one argument; false when they do not show everything.
bool add_values(const std::vector<Comparison>& comparisons, std::vector<std::uint64_t>& values) {
    std::vector<Mask> masks;
    bool masked = false;
    bool ordered = false;
    values.push_back(0);
    for (const Comparison& comparison : comparisons) {
        add_edges(comparison, values);
        masked = masked || comparison.op == Op::masked_eq;
        ordered = ordered || interval_of(comparison).has_value();
        if (comparison.op == Op::masked_eq)
            masks.push_back({comparison.value, comparison.value_two});
        else if (!interval_of(comparison))
            masks.push_back({maximum, comparison.value});
    }
    const bool complete = !masked || (add_cells(masks, values) && !ordered);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return complete;
}

}  // namespace

Decision decision_of(const ClausesByName& clauses, const std::string& name, Verdict fallback) {
    const auto found = clauses.find(name);
    if (found == clauses.end()) return {{}, fallback};
    if (found->second.front().unconditional()) return {{}, found->second.front().verdict};
    return {found->second, fallback};
}

Passage passage_of(const Decision& decision) noexcept {
    const bool last = permits(decision.otherwise.action);
    const bool uniform =
        std::all_of(decision.clauses.begin(), decision.clauses.end(),
                    [&](const Clause& clause) { return permits(clause.verdict.action) == last; });
    if (!uniform) return Passage::some;
    return last ? Passage::all : Passage::none;
}

bool holds(const Comparison& comparison, std::uint64_t value) noexcept {
    switch (comparison.op) {
        case Op::ne: return value != comparison.value;
        case Op::lt: return value < comparison.value;
        case Op::le: return value <= comparison.value;
        case Op::eq: return value == comparison.value;
        case Op::ge: return value >= comparison.value;
        case Op::gt: return value > comparison.value;
        case Op::masked_eq: return (value & comparison.value) == comparison.value_two;
    }
    return false;
}

Verdict verdict_on(const Decision& decision, const Arguments& arguments) noexcept {
    for (const Clause& clause : decision.clauses)
        if (std::all_of(clause.args.begin(), clause.args.end(), [&](const Comparison& comparison) {
                return holds(comparison, arguments.at(comparison.index));
            }))
            return clause.verdict;
    return decision.otherwise;
}

Conjunction conjunction(const std::vector<Comparison>& left, const std::vector<Comparison>& right) {
    Conjunction result;
    bool expressible = true;
    for (const Comparison& comparison : left)
        if (!can_hold(comparison)) return impossible;
    for (const Comparison& comparison : right)
        if (!can_hold(comparison)) return impossible;
    result.args = right;
    for (const Comparison& comparison : left) {
        const auto same = std::find_if(result.args.begin(), result.args.end(), [&](const Comparison& other) {
            return other.index == comparison.index;
        });
        if (same == result.args.end()) {
            result.args.push_back(comparison);
            continue;
        }
        const Conjunction joined = both_on_one(comparison, *same);
        if (joined.kind == Conjunction::Kind::impossible) return impossible;
        expressible = expressible && joined.kind == Conjunction::Kind::exact;
        result.args.erase(same);
        result.args.insert(result.args.end(), joined.args.begin(), joined.args.end());
    }
    if (!expressible) return inexpressible;
    std::sort(result.args.begin(), result.args.end());
    return result;
}

std::optional<Comparison> negated(Comparison comparison) noexcept {
    switch (comparison.op) {
        case Op::ne: comparison.op = Op::eq; break;
        case Op::eq: comparison.op = Op::ne; break;
        case Op::lt: comparison.op = Op::ge; break;
        case Op::ge: comparison.op = Op::lt; break;
        case Op::le: comparison.op = Op::gt; break;
        case Op::gt: comparison.op = Op::le; break;
        case Op::masked_eq: return std::nullopt;
    }
    return comparison;
}

Samples samples_of(const Decision& left, const Decision& right) {
    std::map<std::uint32_t, std::vector<Comparison>> by_index;
    for (const Decision* decision : {&left, &right})
        for (const Clause& clause : decision->clauses)
            for (const Comparison& comparison : clause.args)
                by_index[comparison.index].push_back(comparison);
    Samples result{{Arguments{}}, true};
    for (const auto& [index, comparisons] : by_index) {
        std::vector<std::uint64_t> values;
        if (!add_values(comparisons, values)) result.complete = false;
        if (result.calls.size() * values.size() > most_calls) {
            result.complete = false;
            continue;
        }
        std::vector<Arguments> next;
        for (const Arguments& call : result.calls)
            for (const std::uint64_t value : values) {
                next.push_back(call);
                next.back().at(index) = value;
            }
        result.calls = std::move(next);
    }
    return result;
}

}  // namespace scgen
