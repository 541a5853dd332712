// Which calls to ask about. A filter is a decision tree over a number and six arguments: numbers can be asked
// one by one, and so they are, with the gaps, the ends, the negative ones that libseccomp uses for names an
// ABI lacks, and the numbers around bit 30. Arguments cannot: but a condition changes its answer only at its
// own value, so each rule is asked at values that meet it, and then with one argument at a time moved to
// either side, to the other half of the word, and across the mask. A fixed pseudo-random mix of all those
// values, for what several rules make together, comes on top.

#include "agreement.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "scgen/profile/wording.hpp"

namespace scgen {
namespace {

constexpr std::int32_t x32_bit = 0x40000000;

void add_range(std::set<std::int32_t>& numbers, std::int64_t first, std::int64_t last) {
    for (std::int64_t nr = first; nr <= last; ++nr)
        numbers.insert(static_cast<std::int32_t>(nr));
}

/// Numbers that mean something on no ABI, or another thing on each.
void add_edges(std::set<std::int32_t>& numbers) {
    constexpr auto lowest = std::numeric_limits<std::int32_t>::min();
    constexpr auto highest = std::numeric_limits<std::int32_t>::max();
    add_range(numbers, lowest, lowest + 2);
    add_range(numbers, -10'400, -9'999);
    add_range(numbers, -250, 2);
    add_range(numbers, x32_bit - 2, x32_bit + 2);
    add_range(numbers, x32_bit + 510, x32_bit + 550);
    add_range(numbers, highest - 2, highest);
}

/// Every number of the table with the gaps between, and a good way past its end.
void add_table(std::set<std::int32_t>& numbers, Arch arch) {
    constexpr std::int64_t past = 64;
    std::int64_t next = 0;
    for (const auto& row : syscalls_of(arch)) {
        const std::int64_t from = row.nr - next > past ? row.nr - past : next;
        add_range(numbers, from, row.nr);
        next = row.nr + std::int64_t{1};
    }
    if (next > 0) add_range(numbers, next, next + past);
}

/// Values around which a condition changes its mind; for a mask, `thorough` flips each of its bits.
std::vector<std::uint64_t> values_around(const Comparison& each, bool thorough) {
    constexpr std::uint64_t high = 1ULL << 32;
    if (each.op != Comparison::Op::masked_eq)
        return {each.value, each.value - 1, each.value + 1, each.value ^ high, 0, ~std::uint64_t{0}};
    std::vector<std::uint64_t> values{each.value_two, each.value_two | ~each.value, ~each.value_two,
                                      each.value_two ^ high, 0};
    for (std::uint64_t left = each.value; left != 0; left &= left - 1) {
        values.push_back(each.value_two ^ (left & (~left + 1)));
        if (!thorough) break;
    }
    return values;
}

std::uint64_t value_meeting(const Comparison& each) {
    switch (each.op) {
        case Comparison::Op::ne:
        case Comparison::Op::gt: return each.value + 1;
        case Comparison::Op::lt: return each.value - 1;
        case Comparison::Op::masked_eq: return each.value_two;
        default: return each.value;
    }
}

class Questioner {
  public:
    Questioner(const Filter& filter, const Meaning& meaning, std::size_t max)
        : filter_(filter), meaning_(meaning), max_(max) {}

    void ask_all(Arch arch, const std::set<std::int32_t>& numbers) {
        for (const auto nr : numbers)
            ask(arch, nr);
    }

    Agreement take() { return std::move(result_); }

  private:
    void ask(Arch arch, std::int32_t nr) {
        bool differs = false;
        const SeccompData plain = seccomp_data({arch, nr});
        for (const auto& args : telling_arguments(meaning_.provisions({arch_of(plain.arch, nr), nr}))) {
            const SeccompData call = seccomp_data({arch, nr}, args);
            const auto expected = meaning_.rulings(call);
            const auto answered = filter_.evaluate(call);
            ++result_.asked;
            if (expected.size() > 1) result_.overlapping.insert({arch_of(plain.arch, nr), nr});
            const bool agrees = std::find(expected.begin(), expected.end(), answered) != expected.end();
            if (agrees || differs) continue;
            differs = true;
            ++result_.numbers_that_differ;
            if (result_.disagreements.size() < max_)
                result_.disagreements.push_back({call, expected, answered});
        }
    }

    const Filter& filter_;
    const Meaning& meaning_;
    std::size_t max_;
    Agreement result_;
};

std::string text_of(const Ruling& ruling) {
    return ruling_text(ruling.action, ruling.data);
}

std::string call_text(const SeccompData& call) {
    const Syscall syscall{arch_of(call.arch, call.nr), call.nr};
    const auto info = arch_info(syscall.arch);
    std::string text = info ? std::string(info->name) : "ABI " + hex_text(call.arch);
    text += ' ' + std::to_string(call.nr);
    if (const auto name = syscall_name(syscall)) text += " (" + std::string(*name) + ')';
    return text;
}

}  // namespace

std::vector<SeccompArgs> telling_arguments(std::span<const Provision> said) {
    std::vector<SeccompArgs> all{{}};
    if (std::all_of(said.begin(), said.end(), [](const Provision& each) { return each.conditions.empty(); }))
        return all;
    all.emplace_back().fill(~std::uint64_t{0});
    constexpr std::size_t few = 64;
    std::array<std::vector<std::uint64_t>, 6> pool;
    pool.fill({0});
    for (const auto& each : said) {
        SeccompArgs meeting{};
        for (const auto& condition : each.conditions)
            meeting[condition.index] = value_meeting(condition);
        all.push_back(meeting);
        for (const auto& condition : each.conditions) {
            for (const auto value : values_around(condition, said.size() <= few)) {
                pool[condition.index].push_back(value);
                all.push_back(meeting);
                all.back()[condition.index] = value;
            }
        }
    }
    std::uint64_t random = 0x9e3779b97f4a7c15ULL;
    for (std::size_t i = 0; i < 64 + 4 * said.size(); ++i) {
        auto& mixed = all.emplace_back();
        for (std::size_t index = 0; index < mixed.size(); ++index) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            mixed[index] = pool[index][(random >> 33) % pool[index].size()];
        }
    }
    return all;
}

Agreement compare(const Filter& filter, const Meaning& meaning, std::size_t max_disagreements) {
    Questioner questioner(filter, meaning, max_disagreements);
    for (const auto& info : known_archs()) {
        std::set<std::int32_t> numbers;
        if (info.arch == Arch::x32) continue;  // its numbers are asked under the token they bear
        if (meaning.archs().contains(info.arch) || info.arch == Arch::x86_64) {
            if (!info.has_table) continue;  // nothing is known of what its numbers should get
            add_edges(numbers);
            add_table(numbers, info.arch);
            if (info.arch == Arch::x86_64) add_table(numbers, Arch::x32);
        } else {
            numbers = {-1, 0, 1, 59, 102, 221, 4001, 5001, 6001, x32_bit};
        }
        questioner.ask_all(info.arch, numbers);
    }
    questioner.ask_all(static_cast<Arch>(0x12345678), {-1, 0, 1});
    return questioner.take();
}

std::string describe(const Disagreement& disagreement) {
    std::string text = call_text(disagreement.call) + ": the profile says ";
    for (std::size_t i = 0; i < disagreement.expected.size(); ++i)
        text += (i == 0 ? "" : " or ") + text_of(disagreement.expected[i]);
    text += ", the filter " + text_of(disagreement.answered);
    const auto& args = disagreement.call.args;
    if (std::all_of(args.begin(), args.end(), [](std::uint64_t arg) { return arg == 0; })) return text;
    text += ", for arguments";
    for (const auto arg : args)
        text += ' ' + hex_text(arg);
    return text;
}

}  // namespace scgen
