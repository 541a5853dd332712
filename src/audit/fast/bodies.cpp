#include "bodies.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace scgen {

/// Where a text of this hash belongs; null where there is no place for it.
Bodies::Body* Bodies::empty_slot(std::uint64_t hash) noexcept {
    Body* const first = &slots_[hash & mask_];
    Body* const at = std::find_if(first, first + reach, [](const Body& slot) { return slot.size == 0; });
    return at != first + reach ? at : nullptr;
}

void Bodies::make_slots(std::size_t count) {
    slots_.assign(count + reach, Body{});
    mask_ = count - 1;
}

/// Notes a text, and whether it, or one of the same bits, was noted before.
bool Bodies::left_trace(std::uint64_t hash) {
    constexpr std::size_t bits = std::size_t{1} << 20U;
    // Fuller than this, many would seem to come again.
    constexpr std::uint32_t most_traced = bits / 8;
    if (traces_.empty() || traced_ >= most_traced) {
        traces_.assign(bits, false);
        traced_ = 0;
    }
    const std::size_t at = (hash >> 32U) % bits;
    const bool before = traces_[at];
    traces_[at] = true;
    if (!before) ++traced_;
    return before;
}

void Bodies::make_room() {
    const bool come_again = std::exchange(came_again_, 0) * std::uint64_t{4} >= std::exchange(came_, 0);
    if (!traces_.empty() && come_again && room_ < most) {
        room_ *= 2;
        return;
    }
    if (traces_.empty())
        for (const Body& body : slots_)
            if (body.size != 0) left_trace(body.hash);
    if (!come_again) room_ = fewest;
    first_ += static_cast<std::uint32_t>(texts_.size());
    texts_.clear();
    slabs_.clear();
    used_ = slab_size;
    make_slots(first_slots);
}

const char* Bodies::keep(std::string_view text) {
    constexpr std::size_t line = 64;
    if (slab_size - used_ < text.size()) {
        slabs_.push_back(std::make_unique<char[]>(slab_size + line));
        const auto misplaced = reinterpret_cast<std::uintptr_t>(slabs_.back().get()) % line;
        used_ = (line - misplaced) % line;
    }
    char* const at = slabs_.back().get() + used_;
    std::memcpy(at, text.data(), text.size());
    used_ += (text.size() + line - 1) / line * line;
    return at;
}

void Bodies::add(std::string_view text, std::uint64_t hash) {
    if (text.size() < shortest || text.size() > longest) return;
    if (!traces_.empty()) {
        ++came_;
        if (left_trace(hash)) ++came_again_;
    }
    if (texts_.size() == room_) make_room();
    if (2 * texts_.size() > mask_) {
        const std::vector<Body> before = std::move(slots_);
        make_slots(2 * (mask_ + 1));
        for (const Body& body : before)
            if (Body* const slot = body.size != 0 ? empty_slot(body.hash) : nullptr; slot != nullptr)
                *slot = body;
    }
    Body* const slot = empty_slot(hash);
    if (slot == nullptr) return;
    *slot = {keep(text), first_ + static_cast<std::uint32_t>(texts_.size()),
             static_cast<std::uint32_t>(text.size()), hash};
    texts_.emplace_back(slot->text, text.size());
    least_size_ = std::min(least_size_, text.size());
}

}  // namespace scgen
