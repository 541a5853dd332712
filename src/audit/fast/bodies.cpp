#include "bodies.hpp"

#include <cstring>
#include <utility>

namespace scgen {

void Bodies::place(const Body& body) noexcept {
    std::size_t at = body.hash & mask_;
    while (slots_[at].text != nullptr)
        at = (at + 1) & mask_;
    slots_[at] = body;
}

void Bodies::make_slots(std::size_t count) {
    slots_.assign(count, Body{});
    mask_ = count - 1;
}

void Bodies::add(std::string_view text, std::uint64_t hash) {
    if (text.size() > longest) return;
    if (texts_.size() == most) {
        first_ += most;
        make_slots(64);
        texts_.clear();
        sizes_.clear();
    }
    if (2 * texts_.size() >= slots_.size()) {
        const std::vector<Body> before = std::move(slots_);
        make_slots(2 * before.size());
        for (const Body& body : before)
            if (body.text != nullptr) place(body);
    }
    constexpr std::size_t readable = 32;
    texts_.push_back(std::make_unique<char[]>(text.size() + readable));
    std::memcpy(texts_.back().get(), text.data(), text.size());
    sizes_.push_back(static_cast<std::uint32_t>(text.size()));
    place({hash, texts_.back().get(), sizes_.back(), first_ + static_cast<std::uint32_t>(texts_.size() - 1)});
}

std::string_view Bodies::text(std::uint32_t number) const noexcept {
    return {texts_[number - first_].get(), sizes_[number - first_]};
}

}  // namespace scgen
