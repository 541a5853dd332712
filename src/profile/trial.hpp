#pragma once

#include <functional>

namespace scgen {

/// Whether `work` comes to an end: it is done once in a child process that may use so much processor time.
///
/// Shape:  what the work throws, or does to memory, stays in the child. True where no child can be made: then nothing
///         is known against the work.
/// Units:  seconds of processor time, so that a busy machine does not change the answer.
bool comes_to_an_end(unsigned seconds, const std::function<void()>& work);

}  // namespace scgen
