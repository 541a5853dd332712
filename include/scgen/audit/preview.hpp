#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace scgen {

/// A line that was known but for its stamp.
///
/// Shape:  `record` is the number of what stood behind the stamp, never 0; 0 for a record of another type than SECCOMP.
struct Again {
    std::int64_t time_ms = 0;
    std::uint32_t serial = 0;
    std::uint32_t record = 0;
};

/// What is known of a text before it is read from left to right: what read_again() and pass_over() of a RecordReader would
/// say at each of some lines in it, if that is where an entry may begin.
struct Preview {
    struct Part {
        std::size_t begin = 0;  ///< in the text
        std::size_t bytes = 0;
        std::uint64_t lines = 0;
        std::size_t first = 0;  ///< of `again`, where lines are known
        std::uint32_t speaker = 0;
        bool is_known = false;  ///< otherwise of no interest
    };
    std::vector<Part> parts;
    std::vector<Again> again;
    std::uint32_t room = 1;
    /// The least number of a record that may be among them.
    std::uint32_t first_record = 0;
};

/// Makes the preview of a text that begins where a line does, in place of what is there.
using MakePreview = std::function<void(std::string_view text, Preview& preview)>;

/// For reading ahead: what either thread is to do with a text before its turn comes.
struct Foresight {
    MakePreview by_caller;  ///< whoever asks for Blocks, while the one that comes next is not done
    MakePreview by_thread;
};

}  // namespace scgen
