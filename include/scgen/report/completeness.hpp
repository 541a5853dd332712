#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/report/input_facts.hpp"
#include "scgen/report/json_text.hpp"

namespace scgen {

/// The verdict on an input: can a profile made from it lack a call that the workload made while it was recorded?
struct Completeness {
    /// `complete`: as far as the source can show. `unproven`: nothing says that a record was lost, but of this source
    /// that means little.
    enum class State : std::uint8_t { complete, incomplete, unproven };

    /// Something that was lost, or a reason for doubt.
    ///
    /// Shape: `kind` is a word for programs; `count` is 0 where nobody counted; `text` says what it is, `remedy` how to
    ///        do better, both the middle of a sentence.
    struct Reason {
        std::string_view kind;
        std::uint64_t count = 0;
        std::string text;
        std::string_view remedy;
    };

    State state = State::unproven;
    /// Records that were lost, as far as it was told, and whether it may have been more.
    std::uint64_t lost = 0;
    bool at_least = false;
    /// The kernel's own count of what its queue had no room for was compared.
    bool queue_checked = false;
    /// Records that contradict another one: forged or broken.
    std::uint64_t conflicts = 0;
    std::vector<Reason> losses = {};
    std::vector<Reason> doubts = {};
};

/// Law: one more loss never turns a verdict for the better.
Completeness assess(const InputFacts& facts);

/// Whether --strict must refuse: something was lost, or records contradict each other. Doubt alone is no reason.
bool fails_strict(const Completeness& completeness) noexcept;

/// "complete", "incomplete", "unproven".
std::string_view state_name(Completeness::State state) noexcept;

/// The verdict in a few words: "incomplete: at least 62 records lost".
std::string headline(const Completeness& completeness);

/// Its members for a JSON object that is open: state, lost, at_least, queue_checked, conflicts, losses and doubts (kind,
/// count, text, remedy).
void append_completeness(JsonText& json, const Completeness& completeness);

}  // namespace scgen
