#include "audit/late_library.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "scgen/error.hpp"

namespace scgen {
namespace {

struct LibC : LateLibrary {
    LibC() : LateLibrary("libc.so.6", "to test") {}
    decltype(&::getppid) parent = function("getppid");
};

struct Missing : LateLibrary {
    Missing() : LateLibrary("libscgen-nowhere.so.1", "to test what is missing") {}
};

struct Older : LateLibrary {
    Older() : LateLibrary("libc.so.6", "to test") {}
    decltype(&::getppid) later = function("scgen_not_in_this_library");
};

template <class Library>
std::string error_of() {
    try {
        loaded<Library>("a.log");
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(LateLibrary, FindsAFunctionOfTheTypeThatTheHeaderGives) {
    EXPECT_EQ(loaded<LibC>("a.log").parent(), ::getppid());
}

TEST(LateLibrary, SaysWhatIsMissingAndWhatFor) {
    const std::string missing = error_of<Missing>();
    EXPECT_TRUE(missing.starts_with("a.log: libscgen-nowhere.so.1 cannot be used: ")) << missing;
    EXPECT_TRUE(missing.ends_with(". Install it to test what is missing.")) << missing;
    const std::string older = error_of<Older>();
    EXPECT_NE(older.find("scgen_not_in_this_library"), std::string::npos) << older;
}

}  // namespace
}  // namespace scgen
