#pragma once

#include <stdexcept>

namespace scgen {

/// A failure the user must hear about: a file that cannot be opened, a profile that is not one.
///
/// Shape:  what() reads outside-in ("audit.log: open: Permission denied") and, where it can, ends with what to
///         do next. Foreign exceptions and errno are translated in the file that owns the dependency; main
///         catches. Imperfect log data is never an Error: it is an Outcome (audit/tally.hpp).
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace scgen
