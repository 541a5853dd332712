#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "scgen/profile/json.hpp"
#include "scgen/profile/profile.hpp"

namespace scgen {
namespace {

constexpr std::array actions{Action::kill_process, Action::kill_thread, Action::trap, Action::errno_,
                             Action::notify,       Action::trace,       Action::log,  Action::allow};
constexpr int rounds = 3000;

/// Few names, indexes and values, so that rules collide.
class Generator {
  public:
    explicit Generator(unsigned seed) : random_(seed) {}

    Profile profile() { return profile(pick(actions), maybe_errno()); }

    Profile profile(Action action, std::optional<std::uint32_t> errno_ret) {
        Profile result;
        result.default_action = action;
        result.default_errno = errno_ret;
        for (const Arch arch : {Arch::x86_64, Arch::x86, Arch::x32, Arch::mips, Arch::sheb})
            if (below(4) == 0) result.architectures.insert(arch);
        if (below(4) == 0) result.flags.insert("SECCOMP_FILTER_FLAG_LOG");
        if (below(4) == 0) result.flags.insert("SECCOMP_FILTER_FLAG_SPEC_ALLOW");
        for (std::size_t count = below(7); count > 0; --count)
            result.rules.push_back(rule());
        return result;
    }

    /// A profile that says the same in other words.
    Profile reworded(const Profile& profile) {
        Profile result = canonical(profile);
        std::vector<Rule> rules;
        for (const auto& rule : result.rules)
            for (const auto& name : rule.names) {
                Rule one = rule;
                one.names = {name};
                std::shuffle(one.args.begin(), one.args.end(), random_);
                rules.insert(rules.end(), 1 + below(2), one);
            }
        result.rules = std::move(rules);
        return result;
    }

    std::size_t below(std::size_t limit) { return random_() % limit; }

    template <class Values>
    typename Values::value_type pick(const Values& values) {
        return values[below(values.size())];
    }

    std::optional<std::uint32_t> maybe_errno() {
        return pick(std::array<std::optional<std::uint32_t>, 4>{std::nullopt, 1U, 38U, 65535U});
    }

  private:
    Rule rule() {
        Rule result;
        for (std::size_t count = below(4); count > 0; --count)
            result.names.insert(pick(
                std::array<std::string, 6>{"read", "write", "socket", "clone3", "no\"such\n", "\xc3\xa9"}));
        result.action = pick(std::array{Action::allow, Action::allow, Action::log, Action::errno_,
                                        Action::errno_, pick(actions)});
        result.errno_ret = maybe_errno();
        for (std::size_t count = below(4); count > 0; --count) {
            const auto op = static_cast<Comparison::Op>(below(7));
            const std::uint64_t value = pick(std::array<std::uint64_t, 4>{0, 1, 2, UINT64_MAX});
            result.args.push_back({static_cast<std::uint32_t>(below(3)), op, value, below(3)});
        }
        return result;
    }

    std::mt19937 random_;
};

template <class Property>
void for_all(Property property) {
    for (unsigned seed = 1; seed <= rounds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Generator generator(seed);
        property(generator);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(ProfileLaws, CanonicalIsIdempotent) {
    for_all([](Generator& generate) {
        const Profile once = canonical(generate.profile());
        EXPECT_EQ(canonical(once), once) << write_profile(once);
    });
}

TEST(ProfileLaws, ReadingWhatWasWrittenGivesTheCanonicalForm) {
    for_all([](Generator& generate) {
        const Profile profile = generate.profile();
        const std::string text = write_profile(profile);
        EXPECT_EQ(read_profile(text, "written").profile, canonical(profile)) << text;
    });
}

TEST(ProfileLaws, EqualProfilesGiveEqualBytes) {
    for_all([](Generator& generate) {
        const Profile profile = generate.profile();
        const Profile other = generate.reworded(profile);
        EXPECT_EQ(canonical(other), canonical(profile));
        EXPECT_EQ(write_profile(other), write_profile(profile));
    });
}

TEST(ProfileLaws, MergeIsIdempotent) {
    for_all([](Generator& generate) {
        const Profile profile = generate.profile();
        EXPECT_EQ(merge(profile, profile), canonical(profile)) << write_profile(profile);
    });
}

TEST(ProfileLaws, MergeIsCommutative) {
    for_all([](Generator& generate) {
        const Profile left = generate.profile();
        const Profile right = generate.profile(left.default_action, generate.maybe_errno());
        EXPECT_EQ(merge(left, right), merge(right, left)) << write_profile(left) << write_profile(right);
    });
}

TEST(ProfileLaws, MergeIsAssociative) {
    for_all([](Generator& generate) {
        const Profile a = generate.profile();
        const Profile b = generate.profile(a.default_action, a.default_errno);
        const Profile c = generate.profile(a.default_action, a.default_errno);
        EXPECT_EQ(merge(merge(a, b), c), merge(a, merge(b, c)))
            << write_profile(a) << write_profile(b) << write_profile(c);
    });
}

std::set<std::string> allowed_outright(const Profile& profile) {
    std::set<std::string> names;
    for (const auto& rule : canonical(profile).rules)
        if (rule.action == Action::allow && rule.args.empty())
            names.insert(rule.names.begin(), rule.names.end());
    return names;
}

TEST(ProfileLaws, MergeTakesNothingAway) {
    for_all([](Generator& generate) {
        const Profile left = generate.profile(Action::errno_, generate.maybe_errno());
        const Profile right = generate.profile(Action::errno_, generate.maybe_errno());
        const auto both = allowed_outright(merge(left, right));
        for (const Profile* side : {&left, &right})
            for (const auto& name : allowed_outright(*side))
                EXPECT_TRUE(both.contains(name)) << name << write_profile(left) << write_profile(right);
    });
}

}  // namespace
}  // namespace scgen
