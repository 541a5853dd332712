// Serials count events, so a source that keeps every type must show each serial between two that it shows. They are
// followed by machine and boot, and what any program could have written (text) apart from what came out of the ring or
// by the socket, so that no forged line can fill a hole. A hole counts when one input had records of the socket on both
// its sides, and some of them of other types than SECCOMP: a log that was filtered to those has holes everywhere. What
// was printed only fills holes, and that where it can be believed; what was not printed, a daemon may have taken.
//
// Losses that use up serials are in the holes as well, so the two are not added up; the greater counts. What says so
// in words may be there twice, in two copies of a log or by two carriers, and is recognised by its mark.
#include "scgen/audit/ledger.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "serial_runs.hpp"

namespace scgen {
namespace {

using Kind = Loss::Kind;

constexpr std::size_t max_groups = 32;
constexpr std::size_t max_extents = 1024;
constexpr std::size_t max_starts = 1024;
constexpr std::size_t max_messages = 65'536;

constexpr std::size_t index(Kind kind) noexcept {
    return static_cast<std::size_t>(kind);
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32U;
}

std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return mix(hash, text.size());
}

/// Whether no program can have made such a line.
bool is_believed(Origin origin) noexcept {
    return origin == Origin::ring || origin == Origin::netlink;
}

/// Machine and boot; an odd key where the lines can be believed.
std::uint64_t group_key(std::string_view host, std::string_view boot, Origin origin) noexcept {
    return mix(mix(0, host), boot) << 1U | (is_believed(origin) ? 1U : 0U);
}

/// The time between the first and the last record that an input has from the socket.
struct Extent {
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
    /// There are records of other types, or would be if they were made.
    bool other_types = false;
    /// SECCOMP records.
    std::uint64_t records = 0;

    void add(const Extent& other) noexcept {
        first_ms = std::min(first_ms, other.first_ms);
        last_ms = std::max(last_ms, other.last_ms);
        other_types = other_types || other.other_types;
        records += other.records;
    }
    auto operator<=>(const Extent&) const = default;
};

/// The machine's records of one boot, or of several where the carrier does not tell them apart.
struct Group {
    SerialRuns serials;
    std::map<std::uint64_t, Extent> open;
    /// Those of inputs that have ended, as (first, last); only those that prove something.
    std::set<std::pair<std::int64_t, std::int64_t>> closed;
    /// When an audit daemon started.
    std::set<std::int64_t> starts;
    std::uint64_t printed = 0;
    std::uint64_t as_text = 0;
    std::uint64_t filtered = 0;
    /// Records of other types came by the socket.
    bool keeps_all = false;
};

/// A message that says that something was lost.
struct Message {
    std::uint64_t group;
    Notice::Kind kind;
    std::int64_t order;
    Loss loss;
};

struct Finding {
    std::uint64_t gap = 0;
    std::uint64_t away = 0;
};

Finding find_gaps(const Group& group) {
    auto extents = group.closed;
    for (const auto& [input, extent] : group.open)
        if (extent.other_types) extents.emplace(extent.first_ms, extent.last_ms);
    Finding out;
    if (extents.empty()) return out;
    for (const auto& hole : group.serials.holes()) {
        const bool witnessed = std::any_of(extents.begin(), extents.end(), [&](const auto& extent) {
            return extent.first <= hole.after_ms && hole.before_ms <= extent.second;
        });
        if (!witnessed) continue;
        const auto start = group.starts.lower_bound(hole.after_ms);
        const bool away = start != group.starts.end() && *start <= hole.before_ms;
        (away ? out.away : out.gap) += hole.count;
    }
    return out;
}

/// Whether each has the serial after the one before, and no earlier time. Without a branch that depends on a line.
bool are_in_order(std::span<const Again> lines) noexcept {
    std::uint32_t other_step = 0;
    bool steps_back = false;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const Again &before = lines[i - 1], &line = lines[i];
        other_step |= (line.serial - before.serial) ^ 1U;
        steps_back |= line.time_ms < before.time_ms;
    }
    return other_step == 0 && !steps_back;
}

/// Whether what printk drops of this group is of no account.
bool is_covered(const Group& group, const Finding& finding) {
    return group.keeps_all && finding.gap == 0 && finding.away == 0 && !group.serials.overflowed();
}

bool is_of_printk(Kind kind) noexcept {
    return kind == Kind::printk_limit || kind == Kind::kernel_ring;
}

/// How many records a kernel's counters say it lost, of (order, counter) pairs of one group: from the first sight on, whose
/// message was printed because of a loss, to the last, for each boot. A counter that falls began anew.
std::uint64_t lost_by_counters(std::vector<std::pair<std::int64_t, std::uint64_t>> sights) {
    std::sort(sights.begin(), sights.end());
    std::uint64_t sum = 0;
    for (auto at = sights.begin(); at != sights.end();) {
        auto end = std::next(at);
        while (end != sights.end() && end->second >= std::prev(end)->second)
            ++end;
        sum += std::prev(end)->second - at->second + 1;
        at = end;
    }
    return sum;
}

}  // namespace

struct Ledger::State {
    std::map<std::uint64_t, Group> groups;
    std::map<std::uint64_t, Message> messages;
    /// Losses of Sources, and messages without a mark.
    std::array<LossAccount::Sum, Loss::kind_count> sums{};
    std::uint64_t unrelated = 0;
    std::uint64_t unnumbered = 0;
    /// What is known of inputs that have not ended.
    std::set<std::uint64_t> of_every_type, checked;
    bool queue_unchecked = false;
    bool overflowed = false;
    bool too_many_messages = false;
    bool audit_off = false, actions_changed = false, exclude_rule = false, daemon = false,
         other_types = false;

    /// How many groups there are of either trust: forged lines must not use up the room of others.
    std::array<std::size_t, 2> group_counts{};
    /// The group last used: records of one come in thousands.
    std::uint64_t recent_key = 0;
    Group* recent = nullptr;

    Group* group(std::uint64_t key) {
        if (recent != nullptr && recent_key == key) return recent;
        auto at = groups.find(key);
        if (at == groups.end()) {
            std::size_t& count = group_counts[key & 1U];
            overflowed = overflowed || count == max_groups;
            if (count == max_groups) return nullptr;
            ++count;
            at = groups.emplace(key, Group{}).first;
        }
        recent_key = key;
        return recent = &at->second;
    }

    /// Of messages with the greatest keys the excess is forgotten, so that it does not matter which came first.
    void keep_message(std::uint64_t key, const Message& message) {
        const auto [at, fresh] = messages.emplace(key, message);
        if (!fresh && message.group < at->second.group) at->second = message;
        if (messages.size() <= max_messages) return;
        messages.erase(std::prev(messages.end()));
        too_many_messages = true;
    }

    void add(Kind kind, std::uint64_t count) {
        LossAccount::Sum& sum = sums[index(kind)];
        sum.count += count;
        sum.untold += count == 0 ? 1 : 0;
    }

    void close(Group& group, const Extent& extent) {
        if (!extent.other_types) {
            group.filtered += extent.records;
        } else {
            group.closed.emplace(extent.first_ms, extent.last_ms);
            overflowed = overflowed || group.closed.size() > max_extents;
            if (group.closed.size() > max_extents) group.closed.erase(std::prev(group.closed.end()));
        }
    }

    void join(Group& group, const Group& other) {
        group.serials.merge(other.serials);
        for (const auto& [input, extent] : other.open)
            if (const auto [at, fresh] = group.open.emplace(input, extent); !fresh) at->second.add(extent);
        for (const auto& [first, last] : other.closed)
            group.closed.emplace(first, last);
        group.starts.insert(other.starts.begin(), other.starts.end());
        while (group.closed.size() > max_extents || group.starts.size() > max_starts) {
            overflowed = true;
            if (group.closed.size() > max_extents) group.closed.erase(std::prev(group.closed.end()));
            if (group.starts.size() > max_starts) group.starts.erase(std::prev(group.starts.end()));
        }
        group.printed += other.printed;
        group.as_text += other.as_text;
        group.filtered += other.filtered;
        group.keeps_all = group.keeps_all || other.keeps_all;
    }
};

Ledger::Ledger() : state_(std::make_unique<State>()) {}
Ledger::Ledger(const Ledger& other) : state_(std::make_unique<State>(*other.state_)) {
    state_->recent = nullptr;
}
Ledger& Ledger::operator=(const Ledger& other) {
    *state_ = *other.state_;
    state_->recent = nullptr;
    return *this;
}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

void Ledger::add(const Loss& loss) {
    state_->add(loss.kind, loss.count);
}

void Ledger::add(const Notice& notice) {
    State& state = *state_;
    switch (notice.kind) {
        case Notice::Kind::audit_off: state.audit_off = true; return;
        case Notice::Kind::actions_changed: state.actions_changed = true; return;
        case Notice::Kind::exclude_rule: state.exclude_rule = true; return;
        case Notice::Kind::daemon: state.daemon = true; return;
        default: break;
    }
    const bool total = notice.kind == Notice::Kind::total;
    if (!notice.mark && notice.kind == Notice::Kind::unrelated) state.unrelated += notice.loss.count;
    if (!notice.mark && notice.kind == Notice::Kind::loss) state.add(notice.loss.kind, notice.loss.count);
    if (!notice.mark && !total) return;
    std::uint64_t key = mix(notice.mark.value_or(0), static_cast<std::uint64_t>(notice.kind));
    key = mix(mix(key, index(notice.loss.kind)), notice.loss.count);
    state.keep_message(
        key, {group_key(notice.host, notice.boot, notice.origin), notice.kind, notice.order, notice.loss});
}

void Ledger::add(const AuditEvent& event, std::uint64_t input) {
    using Type = AuditEvent::Type;
    State& state = *state_;
    const bool seccomp = event.type == Type::seccomp;
    state.other_types = state.other_types || !seccomp;
    Group* group = state.group(group_key(event.host, event.boot, event.origin));
    if (group == nullptr) return;
    if (event.type == Type::daemon_start && group->starts.size() < max_starts)
        group->starts.insert(event.time_ms);
    if (event.type == Type::daemon_start || event.type == Type::daemon_failure || event.type == Type::daemon)
        return;
    if (!event.printed || is_believed(event.origin)) group->serials.add(event.time_ms, event.serial);
    if (event.printed) return;
    const bool keeps_all = !seccomp || (!state.of_every_type.empty() && state.of_every_type.contains(input));
    group->keeps_all = group->keeps_all || keeps_all;
    const Extent now{event.time_ms, event.time_ms, keeps_all, 0};
    if (const auto [at, fresh] = group->open.emplace(input, now); !fresh) at->second.add(now);
}

void Ledger::add(const Record& record, std::uint64_t input) {
    State& state = *state_;
    const auto event = event_of(record);
    Group* group = state.group(group_key(record.host, record.boot, record.origin));
    if (event) add(*event, input);
    if (group == nullptr) return;
    if (record.printed)
        ++group->printed;
    else if (!event)
        ++state.unnumbered;
    else if (record.origin != Origin::netlink)
        ++group->as_text;
    else
        ++group->open[input].records;
}

void Ledger::add(const AuditEvent& event, std::span<const Again> lines, std::uint64_t records,
                 std::uint64_t input) {
    if (lines.empty()) return;
    State& state = *state_;
    const bool others = records < lines.size();
    state.other_types = state.other_types || others;
    Group* group = state.group(group_key(event.host, event.boot, event.origin));
    if (group == nullptr) return;
    if (event.printed) group->printed += records;
    if (event.printed && !is_believed(event.origin)) return;
    const bool in_order = are_in_order(lines);
    if (in_order)
        group->serials.add_in_order(lines);
    else
        group->serials.add(lines);
    if (event.printed) return;
    Extent extent{lines.front().time_ms, lines.back().time_ms, others || state.of_every_type.contains(input),
                  0};
    if (!in_order)
        for (const Again& line : lines) {
            extent.first_ms = std::min(extent.first_ms, line.time_ms);
            extent.last_ms = std::max(extent.last_ms, line.time_ms);
        }
    group->keeps_all = group->keeps_all || extent.other_types;
    if (event.origin == Origin::netlink)
        extent.records = records;
    else
        group->as_text += records;
    if (const auto [at, fresh] = group->open.emplace(input, extent); !fresh) at->second.add(extent);
}

void Ledger::keeps_every_type(std::uint64_t input) {
    state_->of_every_type.insert(input);
}

void Ledger::queue_checked(std::uint64_t input) {
    state_->checked.insert(input);
}

void Ledger::end_input(std::uint64_t input) {
    State& state = *state_;
    for (auto& [key, group] : state.groups) {
        const auto at = group.open.find(input);
        if (at == group.open.end()) continue;
        state.queue_unchecked = state.queue_unchecked || !state.checked.contains(input);
        state.close(group, at->second);
        group.open.erase(at);
    }
    state.of_every_type.erase(input);
    state.checked.erase(input);
}

void Ledger::merge(const Ledger& other) {
    State& state = *state_;
    const State& theirs = *other.state_;
    for (const auto& [key, group] : theirs.groups)
        if (Group* mine = state.group(key)) state.join(*mine, group);
    for (const auto& [key, message] : theirs.messages)
        state.keep_message(key, message);
    for (std::size_t i = 0; i < Loss::kind_count; ++i) {
        state.sums[i].count += theirs.sums[i].count;
        state.sums[i].untold += theirs.sums[i].untold;
    }
    state.of_every_type.insert(theirs.of_every_type.begin(), theirs.of_every_type.end());
    state.checked.insert(theirs.checked.begin(), theirs.checked.end());
    state.queue_unchecked = state.queue_unchecked || theirs.queue_unchecked;
    state.unrelated += theirs.unrelated;
    state.unnumbered += theirs.unnumbered;
    state.overflowed = state.overflowed || theirs.overflowed;
    state.too_many_messages = state.too_many_messages || theirs.too_many_messages;
    state.audit_off = state.audit_off || theirs.audit_off;
    state.actions_changed = state.actions_changed || theirs.actions_changed;
    state.exclude_rule = state.exclude_rule || theirs.exclude_rule;
    state.daemon = state.daemon || theirs.daemon;
    state.other_types = state.other_types || theirs.other_types;
}

LossAccount Ledger::account() const {
    const State& state = *state_;
    LossAccount out;
    out.kinds = state.sums;
    out.unrelated = state.unrelated;
    out.unnumbered = state.unnumbered;
    out.queue_unchecked = state.queue_unchecked;
    out.overflowed = state.overflowed;
    out.audit_off = state.audit_off;
    out.actions_changed = state.actions_changed;
    out.exclude_rule = state.exclude_rule;
    out.daemon = state.daemon;
    out.other_types = state.other_types;
    std::set<std::uint64_t> covered;
    for (const auto& [key, group] : state.groups) {
        const Finding finding = find_gaps(group);
        out.kinds[index(Kind::serial_gap)].count += finding.gap;
        out.away += finding.away;
        out.overflowed = out.overflowed || group.serials.overflowed();
        out.as_text += group.as_text;
        out.filtered += group.filtered;
        for (const auto& [input, extent] : group.open) {
            out.filtered += extent.other_types ? 0 : extent.records;
            out.queue_unchecked = out.queue_unchecked || !state.checked.contains(input);
        }
        if (is_covered(group, finding))
            covered.insert(key);
        else
            out.printed += group.printed;
    }
    out.queue_unchecked = out.queue_unchecked || out.printed > 0 || out.unnumbered > 0;
    std::map<std::uint64_t, std::vector<std::pair<std::int64_t, std::uint64_t>>> counters;
    for (const auto& [key, message] : state.messages) {
        if (message.kind == Notice::Kind::unrelated) {
            out.unrelated += message.loss.count;
        } else if (message.kind == Notice::Kind::total) {
            counters[message.group].emplace_back(message.order, message.loss.count);
        } else if (!is_of_printk(message.loss.kind) || covered.count(message.group) == 0) {
            LossAccount::Sum& sum = out.kinds[index(message.loss.kind)];
            sum.count += message.loss.count;
            sum.untold += message.loss.count == 0 ? 1 : 0;
        }
    }
    for (auto& [group, sights] : counters)
        out.kinds[index(Kind::audit_lost)].count += lost_by_counters(std::move(sights));
    if (state.too_many_messages) ++out.kinds[index(Kind::audit_lost)].untold;
    return out;
}

std::uint64_t LossAccount::lost() const noexcept {
    std::uint64_t told = 0;
    for (std::size_t i = 0; i < Loss::kind_count; ++i)
        if (i != index(Kind::serial_gap)) told += kinds[i].count;
    return std::max(told, (*this)[Kind::serial_gap].count);
}

bool LossAccount::any_loss() const noexcept {
    return std::any_of(kinds.begin(), kinds.end(),
                       [](const Sum& sum) { return sum.count > 0 || sum.untold > 0; });
}

bool LossAccount::at_least() const noexcept {
    // Suppressed callbacks are records, but where the kernel's counter speaks too, its own messages are among them.
    const bool counter = (*this)[Kind::audit_lost].count > 0;
    if (counter && (*this)[Kind::printk_limit].count > 0) return false;
    return counter || std::any_of(kinds.begin(), kinds.end(), [](const Sum& sum) { return sum.untold > 0; });
}

}  // namespace scgen
