#include "recent_parts.hpp"

#include <algorithm>
#include <functional>

#include "body.hpp"
#include "cursor.hpp"

namespace scgen {
namespace {

using std::string_view;

/// A view into `from`, at the same place in `to`.
string_view moved(string_view view, string_view from, string_view to) noexcept {
    if (view.empty()) return {};
    return to.substr(static_cast<std::size_t>(view.data() - from.data()), view.size());
}

/// Copies all but what stands before the body of a record, so that no field of the body can be forgotten.
void copy_fields(const Record& from, string_view old_text, string_view new_text, Record& to) noexcept {
    Record whole = from;
    whole.subj = moved(from.subj, old_text, new_text);
    whole.comm.raw = moved(from.comm.raw, old_text, new_text);
    whole.exe.raw = moved(from.exe.raw, old_text, new_text);
    whole.time_ms = to.time_ms;
    whole.serial = to.serial;
    whole.host = to.host;
    whole.boot = to.boot;
    whole.origin = to.origin;
    whole.printed = to.printed;
    to = whole;
}

}  // namespace

/// Whether nothing but the digits of the kernel's stamp differs, which only its own time depends on.
bool RecentParts::is_like_last(string_view text) const noexcept {
    if (last_.empty() || text.size() != last_.size()) return false;
    const string_view last = last_;
    if (text.substr(0, begin_) != last.substr(0, begin_) || text.substr(end_) != last.substr(end_))
        return false;
    return std::equal(text.begin() + static_cast<std::ptrdiff_t>(begin_),
                      text.begin() + static_cast<std::ptrdiff_t>(end_),
                      last.begin() + static_cast<std::ptrdiff_t>(begin_),
                      [](char a, char b) { return a == b || (is_digit(a) && is_digit(b)); });
}

std::optional<Prefix> RecentParts::prefix(string_view text, Voice voice) {
    if (voice != Voice::kernel) return parse_prefix(text, voice);
    if (is_like_last(text)) {
        Prefix prefix = last_prefix_;
        prefix.host = moved(prefix.host, last_, text);
        return prefix;
    }
    const auto prefix = parse_prefix(text, voice);
    const std::size_t open = text.rfind('['), close = text.rfind(']');
    const bool stamped = open != string_view::npos && close != string_view::npos && open < close &&
                         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(open) + 1,
                                     text.begin() + static_cast<std::ptrdiff_t>(close),
                                     [](char c) { return is_digit(c) || c == '.'; });
    if (!prefix || !stamped || text.size() > longest) return prefix;
    last_ = text;
    begin_ = open + 1;
    end_ = close;
    last_prefix_ = *prefix;
    last_prefix_.host = moved(prefix->host, text, last_);
    return prefix;
}

Outcome RecentParts::fields(string_view text, Record& record) {
    if (text.size() > longest) return parse_fields(text, record);
    if (bodies_.empty()) {
        if (++bodies_read_ <= few) return parse_fields(text, record);
        bodies_.resize(slots);
    }
    Body& body = bodies_[std::hash<string_view>{}(text) % slots];
    if (!body.text.empty() && body.text == text) {
        copy_fields(body.record, body.text, text, record);
        return Outcome::observed;
    }
    const Outcome outcome = parse_fields(text, record);
    if (outcome != Outcome::observed) return outcome;
    body.text = text;
    copy_fields(record, text, body.text, body.record);
    return outcome;
}

}  // namespace scgen
