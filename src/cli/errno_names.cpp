#include <array>
#include <cerrno>
#include <charconv>

#include "options.hpp"

namespace scgen {
namespace {

struct Row {
    std::string_view name;
    int number;
};

#define ROW(name)   \
    Row {           \
#name, name \
    }
// Source: include/uapi/asm-generic/errno-base.h and errno.h; the numbers are those of the ABI this is built
// for.
constexpr std::array rows{
    ROW(7),   ROW(13),  ROW(98),          ROW(99),        ROW(68),      ROW(97),        ROW(11),  ROW(114),
    ROW(52),  ROW(9),   ROW(77),          ROW(74),        ROW(53),      ROW(56),        ROW(57),  ROW(59),
    ROW(16),  ROW(125), ROW(10),          ROW(44),        ROW(70),      ROW(103),       ROW(111), ROW(104),
    ROW(35),  ROW(89),  ROW(33),          ROW(73),        ROW(122),     ROW(17),        ROW(14),  ROW(27),
    ROW(112), ROW(113), ROW(43),          ROW(84),        ROW(115),     ROW(4),         ROW(22),  ROW(5),
    ROW(106), ROW(21),  ROW(120),         ROW(127),       ROW(129),     ROW(128),       ROW(51),  ROW(45),
    ROW(46),  ROW(47),  ROW(79),          ROW(80),        ROW(83),      ROW(82),        ROW(81),  ROW(48),
    ROW(40),  ROW(124), ROW(24),          ROW(31),        ROW(90),      ROW(72),        ROW(36),  ROW(119),
    ROW(100), ROW(102), ROW(101),         ROW(23),        ROW(55),      ROW(105),       ROW(50),  ROW(61),
    ROW(19),  ROW(2),   ROW(8),           ROW(126),       ROW(37),      ROW(67),        ROW(123), ROW(12),
    ROW(42),  ROW(64),  ROW(65),          ROW(92),        ROW(28),      ROW(63),        ROW(60),  ROW(38),
    ROW(15),  ROW(107), ROW(20),          ROW(39),        ROW(118),     ROW(131),       ROW(88),  ROW(95),
    ROW(25),  ROW(76),  ROW(6),           ROW(75),        ROW(130),     ROW(1),         ROW(96),  ROW(32),
    ROW(71),  ROW(93),  ROW(91),          ROW(34),        ROW(78),      ROW(66),        ROW(121), ROW(85),
    ROW(132), ROW(30),  ROW(108),         ROW(94),        ROW(29),      ROW(3),         ROW(69),  ROW(116),
    ROW(86),  ROW(62),  ROW(110),         ROW(109),       ROW(26),      ROW(117),       ROW(49),  ROW(87),
    ROW(18),  ROW(54),  ROW(EWOULDBLOCK), ROW(EDEADLOCK), ROW(ENOTSUP), ROW(EHWPOISON),
};
#undef ROW

}  // namespace

std::optional<std::uint32_t> errno_from_name(std::string_view name) noexcept {
    constexpr std::uint32_t most = 4095;  // MAX_ERRNO: the kernel cuts what is larger
    for (const Row& row : rows)
        if (row.name == name) return static_cast<std::uint32_t>(row.number);
    std::uint32_t number = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    if (error != std::errc{} || stop != end || number == 0 || number > most) return std::nullopt;
    return number;
}

}  // namespace scgen
