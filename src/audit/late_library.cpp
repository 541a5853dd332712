#include "late_library.hpp"

#include <dlfcn.h>

#include <utility>

namespace scgen {

LateLibrary::LateLibrary(std::string file, std::string purpose)
    : file_(std::move(file)), purpose_(std::move(purpose)), handle_(::dlopen(file_.c_str(), RTLD_NOW)) {
    if (handle_ == nullptr) fail();
}

LateLibrary::Function LateLibrary::function(const char* name) const {
    void* const address = ::dlsym(handle_, name);
    if (address == nullptr) fail();
    return Function(address);
}

void LateLibrary::fail() const {
    const char* const why = ::dlerror();
    throw Error(file_ + " cannot be used: " + (why != nullptr ? why : "no reason was given") +
                ". Install it " + purpose_ + ".");
}

}  // namespace scgen
