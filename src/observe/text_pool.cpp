#include "text_pool.hpp"

#include "hash.hpp"

namespace scgen {

TextPool::TextPool() : seed_(hash_seed()), slots_(64, none) {}

std::string_view TextPool::operator[](Id id) const noexcept {
    return std::string_view(bytes_).substr(entries_[id].begin, entries_[id].size);
}

/// Where `text` is, or the empty slot where it belongs.
std::size_t TextPool::slot_of(std::string_view text) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = mix(seed_, text) & mask;
    while (slots_[at] != none && (*this)[slots_[at]] != text)
        at = (at + 1) & mask;
    return at;
}

void TextPool::grow() {
    slots_.assign(slots_.size() * 2, none);
    for (Id id = 0; id < entries_.size(); ++id)
        slots_[slot_of((*this)[id])] = id;
}

std::optional<TextPool::Id> TextPool::keep(std::string_view text) {
    if (const Id id = slots_[slot_of(text)]; id != none) return id;
    if (text.size() > most_bytes - bytes_.size()) return std::nullopt;
    if (entries_.size() >= slots_.size() / 4 * 3) grow();
    const auto id = static_cast<Id>(entries_.size());
    entries_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())});
    bytes_.append(text);
    slots_[slot_of(text)] = id;
    return id;
}

}  // namespace scgen
