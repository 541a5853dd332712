#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/observe/ingest.hpp"

// Whatever makes reading fast against its plain twin, which reads every line.

namespace scgen {

/// All that is told of a log.
struct Account {
    Tally tally;
    std::array<std::uint64_t, 4> origins{};
    std::uint64_t duplicates = 0;
    std::uint64_t conflicts = 0;
    std::map<Subject, Activity> subjects;
    LossAccount loss;
    bool operator==(const Account&) const = default;
};

/// Line by line, by heart, or by heart with previews that were made while blocks before were still to be read.
enum class Way { plain, by_heart, ahead };

struct Piece {
    std::vector<char> text;
    Preview preview;
};

/// Reads a log in blocks that end at a line, about so large.
inline Account read(const std::string& log, Way way, std::size_t block = std::size_t{1} << 18U) {
    IngestOptions options;
    options.plain = way == Way::plain;
    Ingest ingest(options);
    const Foresight foresight = way == Way::ahead ? ingest.foresight(0) : Foresight{};
    std::mt19937 random(1);  // NOLINT: the same every time
    std::deque<Piece> pieces;
    std::string_view rest = log;
    while (!rest.empty() || !pieces.empty()) {
        while (!rest.empty() && (pieces.empty() || (way == Way::ahead && random() % 3 != 0))) {
            std::size_t end = rest.find('\n', std::min(block, rest.size()) - 1);
            end = end == std::string_view::npos ? rest.size() : end + 1;
            // A copy no longer than it is, so that sanitizers see what is read beyond its end.
            Piece& given = pieces.emplace_back();
            given.text.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end));
            const MakePreview& make_preview = random() % 3 == 0 ? foresight.by_caller : foresight.by_thread;
            if (make_preview) make_preview({given.text.data(), given.text.size()}, given.preview);
            rest.remove_prefix(end);
        }
        const Piece& given = pieces.front();
        ingest.feed({.text = {given.text.data(), given.text.size()},
                     .preview = way == Way::ahead ? &given.preview : nullptr});
        // What was collected is asked for now and then.
        if (rest.size() % 3 == 0) ingest.observations();
        pieces.pop_front();
    }
    ingest.end_input();
    return {ingest.tally(),
            ingest.origins(),
            ingest.duplicates(),
            ingest.conflicts(),
            ingest.observations().subjects(),
            ingest.ledger().account()};
}

inline ::testing::AssertionResult agree(const Account& fast, const Account& plain) {
    if (fast == plain) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "these differ:" << (fast.tally == plain.tally ? "" : " tally")
                                         << (fast.origins == plain.origins ? "" : " origins")
                                         << (fast.duplicates == plain.duplicates ? "" : " duplicates")
                                         << (fast.conflicts == plain.conflicts ? "" : " conflicts")
                                         << (fast.subjects == plain.subjects ? "" : " subjects")
                                         << (fast.loss == plain.loss ? "" : " loss");
}

inline ::testing::AssertionResult agrees(const std::string& log, std::size_t block = std::size_t{1} << 18U) {
    const Account plain = read(log, Way::plain, block);
    if (const auto result = agree(read(log, Way::by_heart, block), plain); !result) return result;
    return agree(read(log, Way::ahead, block), plain) << " with previews";
}

}  // namespace scgen
