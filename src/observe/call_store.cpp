#include "call_store.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace scgen {
namespace {

constexpr std::uint64_t low_bits = 0x7f;
constexpr std::uint8_t goes_on = 0x80;
/// What a call needs in a log of some hours.
constexpr std::size_t most_bytes_of_most = 24;

/// Distances are of 64 bits and wrap, so that a time that is not known is one like others.
std::uint64_t distance(std::int64_t from, std::int64_t to) noexcept {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

std::int64_t moved(std::int64_t from, std::uint64_t by) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + by);
}

/// 32 bits, small where the later number is little less, too.
std::uint32_t signed_distance(std::uint32_t from, std::uint32_t to) noexcept {
    const std::uint32_t by = to - from;
    return by << 1U ^ (by >> 31U != 0 ? ~std::uint32_t{0} : 0U);
}

std::uint32_t moved_signed(std::uint32_t from, std::uint32_t by) noexcept {
    return from + (by >> 1U ^ ((by & 1U) != 0 ? ~std::uint32_t{0} : 0U));
}

class Writer {
  public:
    explicit Writer(std::size_t likely_size) { bytes_.reserve(likely_size); }
    void number(std::uint64_t value) {
        for (; value > low_bits; value >>= 7U)
            bytes_.push_back(static_cast<std::uint8_t>(value) | goes_on);
        bytes_.push_back(static_cast<std::uint8_t>(value));
    }
    const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

  private:
    std::vector<std::uint8_t> bytes_;
};

PackedMoment least_of(std::span<const Call> calls) noexcept {
    PackedMoment least = calls.front().first;
    for (const Call& call : calls) {
        least.time_ms = std::min(least.time_ms, call.first.time_ms);
        least.order = std::min(least.order, call.first.order);
    }
    return least;
}

}  // namespace

void Call::add(const PackedMoment& first_more, const PackedMoment& last_more, std::uint64_t more) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    count = static_cast<std::uint32_t>(more > most ? most : std::min(count + more, most));
    first = std::min(first, first_more);
    last = std::max(last, last_more);
}

PackedCalls::PackedCalls(std::span<const Call> calls) {
    if (calls.empty()) return;
    Writer out(calls.size() * most_bytes_of_most);
    const PackedMoment least = least_of(calls);
    out.number(calls.size());
    out.number(distance(0, least.time_ms));
    out.number(least.order);
    std::uint32_t what = 0;
    for (const Call& call : calls) {
        // Most were seen once: then there is one moment, and no count.
        const bool once = call.count == 1 && call.first == call.last;
        out.number(std::uint64_t{call.what - what} << 1U | (once ? 1U : 0U));
        what = call.what;
        out.number(distance(least.time_ms, call.first.time_ms));
        out.number(call.first.order - least.order);
        if (once) continue;
        out.number(call.count);
        out.number(distance(call.first.time_ms, call.last.time_ms));
        out.number(signed_distance(call.first.order, call.last.order));
    }
    const auto size = static_cast<std::uint32_t>(out.bytes().size() + sizeof(std::uint32_t));
    bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(size);
    std::memcpy(bytes_.get(), &size, sizeof size);
    std::copy(out.bytes().begin(), out.bytes().end(), bytes_.get() + sizeof size);
}

std::uint32_t PackedCalls::size() const noexcept {
    std::uint32_t size = 0;
    if (bytes_ != nullptr) std::memcpy(&size, bytes_.get(), sizeof size);
    return size;
}

PackedCalls::PackedCalls(const PackedCalls& other) {
    if (other.empty()) return;
    bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(other.size());
    std::memcpy(bytes_.get(), other.bytes_.get(), other.size());
}

PackedCalls& PackedCalls::operator=(const PackedCalls& other) {
    if (this != &other) *this = PackedCalls(other);
    return *this;
}

PackedCalls::Reader::Reader(const PackedCalls& calls) noexcept : at_(calls.bytes_.get()) {
    if (calls.empty()) return;
    at_ += sizeof(std::uint32_t);
    left_ = number();
    least_.time_ms = moved(0, number());
    least_.order = static_cast<std::uint32_t>(number());
}

inline std::uint64_t PackedCalls::Reader::number() noexcept {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (; (*at_ & goes_on) != 0; shift += 7)
        value |= (*at_++ & low_bits) << shift;
    return value | std::uint64_t{*at_++} << shift;
}

bool PackedCalls::Reader::next(Call& call) noexcept {
    if (left_ == 0) return false;
    --left_;
    const std::uint64_t head = number();
    call.what += static_cast<std::uint32_t>(head >> 1U);
    call.first.time_ms = moved(least_.time_ms, number());
    call.first.order = least_.order + static_cast<std::uint32_t>(number());
    call.last = call.first;
    call.count = 1;
    if ((head & 1U) != 0) return true;
    call.count = static_cast<std::uint32_t>(number());
    call.last.time_ms = moved(call.first.time_ms, number());
    call.last.order = moved_signed(call.first.order, static_cast<std::uint32_t>(number()));
    return true;
}

std::vector<Call>& CallStore::open(std::uint32_t subject) {
    ++uses_;
    if (const std::uint32_t opened = subjects_[subject].opened; opened != none) return opened_[opened].calls;
    if (open_calls_ > most_open && open_calls_ < most_packed_per_use * uses_) pack_all();
    Subject& owner = subjects_[subject];
    owner.opened = static_cast<std::uint32_t>(opened_.size());
    std::vector<Call>& calls = opened_.emplace_back(Opened{subject, {}}).calls;
    calls.reserve(owner.packed.count() + 2);
    owner.packed.for_each([&calls](const Call& call) { calls.push_back(call); });
    owner.packed = {};
    open_calls_ += calls.size();
    return calls;
}

void CallStore::insert(std::vector<Call>& calls, std::vector<Call>::iterator at, const Call& call) {
    // A vector that doubles would leave a third of so many unused.
    if (calls.size() == calls.capacity()) {
        const auto place = at - calls.begin();
        calls.reserve(calls.size() + calls.size() / 4 + 2);
        at = calls.begin() + place;
    }
    calls.insert(at, call);
    ++size_;
    ++open_calls_;
}

void CallStore::pack_all() {
    for (const Opened& opened : opened_) {
        Subject& subject = subjects_[opened.subject];
        subject.packed = PackedCalls(opened.calls);
        subject.opened = none;
    }
    opened_.clear();
    packed_so_far_ += open_calls_;
    open_calls_ = 0;
    uses_ = 0;
}

bool CallStore::is_empty(std::uint32_t subject) const noexcept {
    const Subject& found = subjects_[subject];
    return found.opened != none ? opened_[found.opened].calls.empty() : found.packed.empty();
}

}  // namespace scgen
