#include "heads.hpp"

#include <algorithm>
#include <cstring>

#include "../carrier_time.hpp"
#include "../cursor.hpp"

namespace scgen {
namespace {

using std::string_view;

constexpr std::size_t clock_size = 8;

/// The time of day, and what is behind it, in the carrier's time with which a head begins; a host's name may look like one.
string_view clock_of(string_view text) noexcept {
    Cursor behind{text};
    if (!parse_carrier_time(behind)) return {};
    const string_view time = text.substr(0, text.size() - behind.rest.size());
    for (std::size_t at = 0; at + clock_size <= time.size(); ++at)
        if (is_time_of_day(time.substr(at, clock_size))) return time.substr(at);
    return {};
}

/// The digits between the last brackets, where these hold a number of seconds and no host: "[369128.669452]".
string_view uptime_of(string_view text, string_view host) noexcept {
    const std::size_t open = text.rfind('['), close = text.rfind(']');
    if (open == string_view::npos || close == string_view::npos || open > close) return {};
    if (!host.empty() && host.data() + host.size() > text.data() + open) return {};
    const string_view inside = text.substr(open + 1, close - open - 1);
    const bool number =
        std::all_of(inside.begin(), inside.end(), [](char c) { return is_digit(c) || c == '.' || c == ' '; });
    return number ? inside : string_view();
}

}  // namespace

bool is_time_of_day(string_view text) noexcept {
    const auto part = [text](std::size_t at, char most) {
        return is_digit(text[at]) && text[at] <= most && is_digit(text[at + 1]);
    };
    if (text.size() != clock_size || text[2] != ':' || text[5] != ':') return false;
    const bool leap_second = text.substr(6) == "60";
    return part(0, '2') && text.substr(0, 2) < "24" && part(3, '5') && (part(6, '5') || leap_second);
}

bool Head::fits(const char* line, std::size_t bytes) const noexcept {
    // No branch in the loop, so that compilers make vectors of it.
    std::uint8_t misfits = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        const auto byte = static_cast<std::uint8_t>(line[i]);
        const auto bits = static_cast<std::uint8_t>((byte ^ text[i]) & ~unsigned{free[i]});
        misfits = static_cast<std::uint8_t>(misfits | bits | (byte > most[i] ? 1U : 0U));
    }
    return misfits == 0;
}

void Head::expect_serial(std::size_t digits) noexcept {
    std::string stamp(stamp_begin);
    stamp.append(digits, '0').append(is_json ? stamp_end_in_json : stamp_end);
    serial_digits = static_cast<std::uint32_t>(digits);
    whole = size + static_cast<std::uint32_t>(stamp.size());
    for (std::size_t i = size; i < longest_whole; ++i) {
        const char byte = i < whole ? stamp[i - size] : '\0';
        text[i] = static_cast<std::uint8_t>(byte);
        free[i] = i >= whole ? 0xff : byte == '0' ? 0x0f : 0;
        most[i] = i < whole && byte == '0' ? '9' : 0xff;
    }
}

bool Head::take_clock(const char* line) noexcept {
    if (clock == 0) return true;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, line + clock, sizeof bytes);
    if (bytes == clock_text) return true;
    if (!is_time_of_day({line + clock, clock_size})) return false;
    clock_text = bytes;
    return true;
}

void Heads::learn(string_view text, string_view host, const Speaker& speaker, bool other_type) {
    if (text.size() > Head::longest) return;
    count_ = std::max(count_, next_ + 1);
    Head& head = heads_[next_];
    head = Head{};
    head.size = static_cast<std::uint32_t>(text.size());
    head.speaker = number_of(speaker);
    head.other_type = other_type;
    head.is_json = speaker.is_json;
    std::copy(text.begin(), text.end(), head.text.begin());
    head.most.fill(0xff);
    const auto digits_may_differ = [&head, text](string_view part) {
        for (std::size_t i = 0; i < part.size(); ++i)
            if (is_digit(part[i])) {
                const std::size_t at = static_cast<std::size_t>(part.data() - text.data()) + i;
                head.free[at] = 0x0f;
                head.most[at] = '9';
            }
    };
    digits_may_differ(uptime_of(text, host));
    if (const string_view clock = clock_of(text); !clock.empty()) {
        head.clock = static_cast<std::uint32_t>(clock.data() - text.data());
        std::memcpy(&head.clock_text, clock.data(), clock_size);
        std::fill_n(head.free.begin() + head.clock, clock_size, std::uint8_t{0xff});
        Cursor behind{clock.substr(clock_size)};
        if (behind.eat('.') || behind.eat(',')) digits_may_differ(behind.take_while(is_digit));
    }
    constexpr std::size_t usual_digits = 5;
    head.expect_serial(usual_digits);
    // No digit of a serial is among them, whose number may change.
    std::uint64_t free = 0;
    std::memcpy(&head.quick, head.text.data() + Head::quick_at, sizeof head.quick);
    std::memcpy(&free, head.free.data() + Head::quick_at, sizeof free);
    head.quick_bits = ~free;
    head.follower = expected = recent = &head;
    next_ = (next_ + 1) % most;
}

std::uint32_t Heads::number_of(const Speaker& speaker) {
    for (std::uint32_t back = 0; back < std::min<std::size_t>(last_speaker_, most); ++back)
        if (speakers_[(last_speaker_ - back) % speakers_.size()] == speaker) return last_speaker_ - back;
    speakers_[++last_speaker_ % speakers_.size()] = speaker;
    return last_speaker_;
}

const Head* Heads::find(string_view text) noexcept {
    for (Head& head : *this)
        if (!head.other_type && head.size == text.size() && head.fits(text.data(), head.size) &&
            head.take_clock(text.data()))
            return &head;
    return nullptr;
}

Head* Heads::adapt(const char* line) noexcept {
    for (Head& head : *this) {
        if (!head.may_fit(line) || !head.fits(line, head.size)) continue;
        const char* const serial = line + head.size + Head::stamp_begin.size();
        const char* const end = std::find_if_not(serial, serial + Head::longest_serial, is_digit);
        if (end == serial || end == serial + head.serial_digits) continue;
        head.expect_serial(static_cast<std::size_t>(end - serial));
        if (head.fits(line)) return &head;
    }
    return nullptr;
}

const Speaker* Heads::speaker(std::uint32_t number) const noexcept {
    const bool kept = number > 0 && number <= last_speaker_ && last_speaker_ - number < speakers_.size();
    return kept ? &speakers_[number % speakers_.size()] : nullptr;
}

}  // namespace scgen
