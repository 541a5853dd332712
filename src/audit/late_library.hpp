#pragma once

#include <string>

#include "scgen/error.hpp"

namespace scgen {

/// A shared library that is loaded when it is first needed: for those that few runs need, and that need many others.
/// Linked as usual, libarchive and libsystemd made starting scgen take twice as long and keep 2 MiB more in memory.
///
/// Shape:  loaded until the program ends. A function is taken by its name, and its type from the library's own header:
///
///             struct Zlib : LateLibrary {
///                 Zlib() : LateLibrary("libz.so.1", "to read what is packed") {}
///                 decltype(&::zlibVersion) version = function("zlibVersion");
///             };
///             loaded<Zlib>("a.gz").version();
///
/// Errors: Error that says which library is missing, and what for.
class LateLibrary {
  public:
    LateLibrary(const LateLibrary&) = delete;
    LateLibrary& operator=(const LateLibrary&) = delete;

  protected:
    /// `file` with the version of its ABI. `purpose` ends a sentence that begins "Install it".
    LateLibrary(std::string file, std::string purpose);
    ~LateLibrary() = default;

    /// A pointer to a function, of whatever type it is stored as.
    class Function {
      public:
        explicit Function(void* address) noexcept : address_(address) {}
        template <class Type>
        operator Type*() const noexcept {
            return reinterpret_cast<Type*>(address_);
        }

      private:
        void* address_;
    };
    Function function(const char* name) const;

  private:
    [[noreturn]] void fail() const;

    std::string file_;
    std::string purpose_;
    void* handle_;
};

/// Loads it when it is first asked for. An error names `user`, the input that needs it.
template <class Library>
const Library& loaded(const std::string& user) {
    try {
        static const Library library;
        return library;
    } catch (const Error& error) {
        throw Error(user + ": " + error.what());
    }
}

}  // namespace scgen
