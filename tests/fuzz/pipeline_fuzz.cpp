// The whole way from bytes to Observations. How input is cut into Blocks must not show in what is seen, nor whether each
// line is read or many at once; every line fed must have one outcome, and merging must not care about order. Input is in
// two files at once: the first byte says where the second begins, so that what one input leaves behind for the next is
// tried as well.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/observe/ingest.hpp"

namespace scgen {
namespace {

void require(bool holds, std::string_view law) {
    if (holds) return;
    std::cerr << law << "\n";
    std::abort();
}

/// Feeds `text` in Blocks of at most `lines` lines each; 0 is one Block.
void feed(Ingest& ingest, std::string_view text, std::size_t lines) {
    while (!text.empty()) {
        std::size_t length = text.size();
        if (lines != 0) {
            length = 0;
            for (std::size_t i = 0; i < lines && length < text.size(); ++i) {
                const std::size_t newline = text.find('\n', length);
                length = newline == std::string_view::npos ? text.size() : newline + 1;
            }
        }
        // A copy, so that a view that outlives its Block is a use after free.
        const std::vector<char> copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
        Block block;
        block.text = {copy.data(), copy.size()};
        ingest.feed(block);
        text.remove_prefix(length);
    }
    ingest.end_input();
}

Ingest ingest_all(std::string_view first, std::string_view second, Trust trust, std::size_t lines,
                  bool plain = false) {
    IngestOptions options;
    options.trust = trust;
    options.plain = plain;
    Ingest ingest(options);
    feed(ingest, first, lines);
    feed(ingest, second, lines);
    return ingest;
}

std::uint64_t lines_of(std::string_view text) {
    const auto newlines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    return newlines + (!text.empty() && text.back() != '\n' ? 1 : 0);
}

void judge_merge(const Ingest& whole, std::string_view first, std::string_view second, Trust trust) {
    const Ingest left = ingest_all(first, {}, trust, 0);
    const Ingest right = ingest_all(second, {}, trust, 0);
    Observations one = left.observations();
    one.merge(right.observations());
    Observations other = right.observations();
    other.merge(left.observations());
    require(one.subjects() == other.subjects(), "merge cares about order");
    Ledger ledger = left.ledger();
    ledger.merge(right.ledger());
    require(ledger.account() == whole.ledger().account(), "two ledgers are not that of both inputs");
}

void require_same(const Ingest& one, const Ingest& other, std::string_view what) {
    require(one.tally() == other.tally(), what);
    require(one.observations().subjects() == other.observations().subjects(), what);
    require(one.origins() == other.origins(), what);
    require(one.duplicates() == other.duplicates(), what);
    require(one.conflicts() == other.conflicts(), what);
    require(one.ledger().account() == other.ledger().account(), what);
}

/// The first lines of an input are always read one by one, so some stand before it; and it comes twice, to be known.
void judge_fast(std::string_view text, Trust trust) {
    const std::string log = std::string(200, '\n').append(text).append("\n").append(text);
    require_same(ingest_all(log, {}, trust, 0), ingest_all(log, {}, trust, 0, true),
                 "many lines at once are not what each is");
}

void judge(std::string_view first, std::string_view second, Trust trust) {
    const Ingest whole = ingest_all(first, second, trust, 0);
    require(whole.tally().lines() >= lines_of(first) + lines_of(second), "a line without an outcome");
    for (const std::size_t lines : {std::size_t{1}, std::size_t{3}})
        require_same(ingest_all(first, second, trust, lines), whole, "what depends on the cut");
    judge_merge(whole, first, second, trust);
}

}  // namespace
}  // namespace scgen

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t middle = 0;
    if (!text.empty()) {
        middle = (text.size() - 1) * data[0] / 256;
        text.remove_prefix(1);
    }
    for (const scgen::Trust trust : {scgen::Trust::kernel, scgen::Trust::any}) {
        scgen::judge(text.substr(0, middle), text.substr(middle), trust);
        scgen::judge_fast(text, trust);
    }
    return 0;
}
