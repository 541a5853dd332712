#include "scgen/abi/action.hpp"

#include <gtest/gtest.h>

namespace scgen {
namespace {

TEST(Action, CodesOfEveryKernelGeneration) {
    EXPECT_EQ(action_of_code(0x7ffc0000), Action::log);
    EXPECT_EQ(action_of_code(0x80000000), Action::kill_process);
    EXPECT_EQ(action_of_code(0), Action::kill_thread);
    EXPECT_EQ(action_of_code(0x50001), Action::errno_) << "kernels before 4.14 leave the errno in";
}

TEST(Action, ACutCodeIsNone) {
    for (const std::uint32_t cut :
         {0x7U, 0x7fU, 0x7ffcU, 0x7ffc0U, 0x7ffc000U, 0x5U, 0x5000U, 0x8000U, 0x8000000U})
        EXPECT_EQ(action_of_code(cut), std::nullopt) << std::hex << cut;
}

TEST(Action, TokensRoundTrip) {
    for (const Action action : {Action::kill_process, Action::kill_thread, Action::trap, Action::errno_,
                                Action::notify, Action::trace, Action::log, Action::allow})
        EXPECT_EQ(action_from_token(action_token(action)), action);
    EXPECT_EQ(action_from_token("SCMP_ACT_KILL"), Action::kill_thread);
    EXPECT_EQ(action_from_token("ALLOW"), std::nullopt);
}

}  // namespace
}  // namespace scgen
