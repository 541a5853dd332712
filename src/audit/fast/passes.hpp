// The passes over text, in terms of the functions of vectors_*.hpp. Included behind each of those, in its namespace.

/// The place of the first wanted word from `from` on, or of a newline behind which an entry of JSON may open.
///
/// Shape: pieces begin before `last`, and `beyond` bytes behind each can be read. `newlines` counts those before the mark, one
///        that is a mark included.
SCGEN_TARGET inline Mark next_mark(const char* text, std::size_t from, std::size_t last) noexcept {
    std::uint64_t newlines = 0;
    for (; from < last; from += piece) {
        const char* const at = text + from;
        const std::uint64_t ends = newlines_in(at);
        std::uint64_t sought = sought_in(at);
        while (sought != 0 && !is_word(text, from + lowest(sought)))
            sought &= sought - 1;
        // Up to the word, if there is one.
        const std::uint64_t before = sought != 0 ? ends & ((sought & -sought) - 1) : ends;
        for (std::uint64_t left = before; left != 0; left &= left - 1) {
            const std::size_t newline = lowest(left);
            if (!may_open_json(at[newline + 1])) continue;
            newlines += count(before & ~(left & (left - 1)));
            return {Mark::opening, from + newline, newlines};
        }
        newlines += count(before);
        if (sought != 0) return {Mark::word, from + lowest(sought), newlines};
    }
    return {Mark::none, from, newlines};
}

/// The end of a line of another type, where nothing in it could make it mean more.
SCGEN_TARGET inline const char* harmless_end(const char* begin, const char* limit) noexcept {
    for (const char* at = begin; limit - at >= static_cast<std::ptrdiff_t>(piece + beyond); at += piece) {
        const std::uint64_t ends = newlines_in(at);
        std::uint64_t sought = sought_in(at);
        if (ends != 0) sought &= (ends & -ends) - 1;
        for (; sought != 0; sought &= sought - 1)
            if (!is_harmless_word(at + lowest(sought))) return nullptr;
        if (ends != 0) return at + lowest(ends);
    }
    return nullptr;
}

SCGEN_TARGET inline bool is_head(const Head& head, const char* line) noexcept {
    return head.may_fit(line) && fits(line, head);
}

SCGEN_TARGET inline Head* find_head(const char* line, Heads& heads) noexcept {
    Head* head = heads.begin() + heads.recent;
    if (!is_head(*head, line)) {
        for (head = heads.begin(); head != heads.end() && !is_head(*head, line);)
            ++head;
        if (head == heads.end()) return nullptr;
        heads.recent = static_cast<std::size_t>(head - heads.begin());
    }
    const bool same_clock =
        head->clock == 0 || number_at<std::uint64_t>(line + head->clock) == head->clock_text;
    return same_clock || head->take_clock(line) ? head : nullptr;
}

SCGEN_TARGET inline const Bodies::Body* find_body(const char* begin, const LineEnd& end,
                                                  const Bodies& bodies) noexcept {
    const auto size = static_cast<std::size_t>(end.at - begin);
    const Bodies::Body* body = bodies.find(end.hash);
    while (body->text != nullptr &&
           !(body->hash == end.hash && body->size == size && same(begin, body->text, size)))
        body = bodies.next(body);
    return body->text != nullptr ? body : nullptr;
}

/// Reads lines of one speaker for as long as each is known by heart.
SCGEN_TARGET inline Run read_run(const char* at, const char* limit, ByHeart::Memory& memory,
                                 std::span<Again> out) noexcept {
    std::size_t count = 0;
    std::uint32_t speaker = 0;
    while (count < out.size() && limit - at >= ByHeart::longest_beginning) {
        const Head* const head = find_head(at, memory.heads);
        if (head == nullptr || (count > 0 && head->speaker != speaker)) break;
        Again& again = out[count];
        const char* const body = read_stamp(at + head->size, memory.second, again);
        if (body == nullptr) break;
        if (head->other_type) {
            const char* const end = harmless_end(body, limit);
            if (end == nullptr) break;
            at = end + 1;
        } else {
            const LineEnd end = line_end(body, limit);
            if (end.at == nullptr || limit - end.at < ByHeart::readable) break;
            const Bodies::Body* const known = find_body(body, end, memory.bodies);
            if (known == nullptr) break;
            again.record = known->number;
            at = end.at + 1;
        }
        speaker = head->speaker;
        ++count;
    }
    return {at, count, speaker};
}

#undef SCGEN_TARGET
