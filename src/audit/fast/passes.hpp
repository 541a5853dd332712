// The passes over text, in terms of the functions of vectors_*.hpp. Included behind each of those, in its namespace.

/// The place of the first wanted word from `from` on, or of a newline behind which an entry of JSON may open.
///
/// Shape: pieces begin before `last`, and `beyond` bytes behind each can be read. `newlines` counts those before the mark, one
///        that is a mark included.
SCGEN_TARGET inline Mark next_mark(const char* text, std::size_t from, std::size_t last) noexcept {
    std::uint64_t newlines = 0;
    for (;; from += piece) {
        // Nothing is called in here, so that the tables of letters stay in registers.
        std::uint64_t ends = 0, sought = 0;
        for (; from < last; from += piece) {
            ends = newlines_in(text + from);
            sought = sought_in(text + from, wanted_letters);
            if (sought != 0) break;
            newlines += count(ends);
        }
        if (from >= last) return {Mark::none, from, newlines};
        for (; sought != 0; sought &= sought - 1) {
            const std::size_t place = lowest(sought);
            const Mark::Kind kind = kind_of(text, from + place);
            if (kind == Mark::none) continue;
            return {kind, from + place,
                    newlines + count(ends & first_places(place + (kind == Mark::opening ? 1 : 0)))};
        }
        newlines += count(ends);
    }
}

/// The end of a line of another type where a piece at `at` has letters that may make it mean more, if they do not.
SCGEN_TARGET [[gnu::noinline]] inline const char* doubtful_end(const char* at, const char* limit) noexcept {
    for (; limit - at >= static_cast<std::ptrdiff_t>(piece + beyond); at += piece) {
        const std::uint64_t ends = newlines_in(at);
        std::uint64_t sought = sought_in(at, telling_letters);
        if (ends != 0) sought &= (ends & -ends) - 1;
        for (; sought != 0; sought &= sought - 1)
            if (is_telling(at + lowest(sought))) return nullptr;
        if (ends != 0) return at + lowest(ends);
    }
    return nullptr;
}

/// The end of a line of another type, where nothing in it could make it mean more. Nothing is called in the loop, so that
/// the tables of letters stay in registers.
SCGEN_TARGET inline const char* harmless_end(const char* at, const char* limit) noexcept {
    for (; limit - at >= static_cast<std::ptrdiff_t>(piece + beyond); at += piece) {
        const std::uint64_t ends = newlines_in(at);
        const std::uint64_t sought = sought_in(at, telling_letters);
        if ((sought & (ends - 1) & ~ends) != 0) return doubtful_end(at, limit);
        if (ends != 0) return at + lowest(ends);
    }
    return nullptr;
}

SCGEN_TARGET inline bool is_head(const Head& head, const char* line) noexcept {
    return head.may_fit(line) && fits(line, head);
}

SCGEN_TARGET inline Head* find_head(const char* line, Heads& heads) noexcept {
    Head* head = heads.expected;
    if (fits(line, *head)) {
        heads.confirm();
    } else {
        for (head = heads.begin(); head != heads.end() && !is_head(*head, line);)
            ++head;
        if (head == heads.end()) head = heads.adapt(line);
        if (head == nullptr) return nullptr;
        heads.correct(head);
    }
    heads.recent = head;
    heads.expected = head->follower;
    const bool same_clock =
        head->clock == 0 || number_at<std::uint64_t>(line + head->clock) == head->clock_text;
    return same_clock || head->take_clock(line) ? head : nullptr;
}

/// A line that is known if its body is.
struct Guess {
    const char* line;
    const char* body;
    std::uint64_t hash;
    std::uint32_t size;
    std::uint32_t number;
};

/// The body's number; 0 for one that is not known.
SCGEN_TARGET inline std::uint32_t number_of(const Guess& guess, const Bodies& bodies) noexcept {
    const Bodies::Body* body = bodies.find(guess.hash);
    for (const Bodies::Body* const end = body + Bodies::reach; body != end; ++body)
        if (body->hash == guess.hash && body->size == guess.size && same(guess.body, body->text, guess.size))
            return body->number;
    return 0;
}

/// Has the processor bring the text that is likely to be the guess.
SCGEN_TARGET inline void expect(const Guess& guess, const Bodies& bodies) noexcept {
    const Bodies::Body& likely = *bodies.find(guess.hash);
    for (std::size_t at = 0; at < likely.size; at += 64)
        __builtin_prefetch(likely.text + at);
}
inline constexpr std::size_t ahead = 8;

/// Reads lines of one speaker for as long as each is known by heart. First heads, stamps and newlines of a few are read, and
/// then their bodies looked up: so the processor need not wait for one look-up before it begins with the next.
SCGEN_TARGET inline Run read_run(const char* at, const char* limit, ByHeart::Memory& memory,
                                 std::span<Again> out) noexcept {
    std::array<Guess, ByHeart::most_guesses> guesses;
    std::size_t count = 0;
    std::uint32_t speaker = 0;
    const std::size_t least_size = memory.bodies.least_size();
    const bool is_cached = memory.bodies.are_in_cache();
    for (bool goes_on = true; goes_on;) {
        std::size_t guessed = 0;
        while (guessed < memory.trust && count < out.size()) {
            goes_on = false;
            if (limit - at < ByHeart::longest_beginning) break;
            const Head* const head = find_head(at, memory.heads);
            if (head == nullptr || (count > 0 && head->speaker != speaker)) break;
            Again& again = out[count];
            if (!read_stamp(at + head->size, *head, memory.second, again)) break;
            const char* const body = at + head->whole;
            const char* end = nullptr;
            if (head->other_type) {
                end = harmless_end(body, limit);
                if (end == nullptr) break;
            } else {
                if (limit - body < static_cast<std::ptrdiff_t>(least_size)) break;
                // A shorter one is not known, and what is no body has a newline in it.
                end = newline_from(body + least_size, limit);
                if (end == nullptr) break;
                const auto size = static_cast<std::size_t>(end - body);
                guesses[guessed] = {at, body, hash_of(body, size), static_cast<std::uint32_t>(size),
                                    static_cast<std::uint32_t>(count)};
                if (!is_cached) __builtin_prefetch(memory.bodies.find(guesses[guessed].hash));
                ++guessed;
            }
            speaker = head->speaker;
            at = end + 1;
            ++count;
            goes_on = true;
        }
        goes_on = goes_on && count < out.size();
        for (std::size_t i = 0; !is_cached && i < std::min(guessed, ahead); ++i)
            expect(guesses[i], memory.bodies);
        for (std::size_t i = 0; i < guessed; ++i) {
            if (!is_cached && i + ahead < guessed) expect(guesses[i + ahead], memory.bodies);
            const Guess& guess = guesses[i];
            const std::uint32_t number = number_of(guess, memory.bodies);
            if (number == 0) {
                memory.trust = i + 1;
                return {guess.line, guess.number, speaker};
            }
            out[guess.number].record = number;
        }
        memory.trust = std::min(2 * memory.trust, guesses.size());
    }
    return {at, count, speaker};
}

#undef SCGEN_TARGET
