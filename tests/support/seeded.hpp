#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace scgen {

/// What tests of laws draw their values from: the same every time, and others where SCGEN_SEED says so.
class Seeded {
  protected:
    explicit Seeded(std::uint32_t usual, std::uint32_t more = 0)
        : seed_(seed_of_run(usual) + more), random_(seed_) {
        ::testing::Test::RecordProperty("seed", std::to_string(seed_));
    }

    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
    }
    bool one_in(std::size_t n) { return below(n) == 0; }

    std::uint32_t seed_;
    std::mt19937 random_;

  private:
    static std::uint32_t seed_of_run(std::uint32_t usual) {
        const char* given = std::getenv("SCGEN_SEED");
        return given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : usual;
    }
};

}  // namespace scgen
