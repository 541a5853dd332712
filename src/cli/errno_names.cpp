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

// Source: include/uapi/asm-generic/errno-base.h and errno.h; the numbers are those of this build's ABI.
constexpr std::array rows{
    Row{"EPERM", EPERM},
    Row{"ENOENT", ENOENT},
    Row{"ESRCH", ESRCH},
    Row{"EINTR", EINTR},
    Row{"EIO", EIO},
    Row{"ENXIO", ENXIO},
    Row{"E2BIG", E2BIG},
    Row{"ENOEXEC", ENOEXEC},
    Row{"EBADF", EBADF},
    Row{"ECHILD", ECHILD},
    Row{"EAGAIN", EAGAIN},
    Row{"ENOMEM", ENOMEM},
    Row{"EACCES", EACCES},
    Row{"EFAULT", EFAULT},
    Row{"ENOTBLK", ENOTBLK},
    Row{"EBUSY", EBUSY},
    Row{"EEXIST", EEXIST},
    Row{"EXDEV", EXDEV},
    Row{"ENODEV", ENODEV},
    Row{"ENOTDIR", ENOTDIR},
    Row{"EISDIR", EISDIR},
    Row{"EINVAL", EINVAL},
    Row{"ENFILE", ENFILE},
    Row{"EMFILE", EMFILE},
    Row{"ENOTTY", ENOTTY},
    Row{"ETXTBSY", ETXTBSY},
    Row{"EFBIG", EFBIG},
    Row{"ENOSPC", ENOSPC},
    Row{"ESPIPE", ESPIPE},
    Row{"EROFS", EROFS},
    Row{"EMLINK", EMLINK},
    Row{"EPIPE", EPIPE},
    Row{"EDOM", EDOM},
    Row{"ERANGE", ERANGE},
    Row{"EDEADLOCK", EDEADLOCK},
    Row{"ENAMETOOLONG", ENAMETOOLONG},
    Row{"ENOLCK", ENOLCK},
    Row{"ENOSYS", ENOSYS},
    Row{"ENOTEMPTY", ENOTEMPTY},
    Row{"ELOOP", ELOOP},
    Row{"ENOMSG", ENOMSG},
    Row{"EIDRM", EIDRM},
    Row{"ECHRNG", ECHRNG},
    Row{"EL2NSYNC", EL2NSYNC},
    Row{"EL3HLT", EL3HLT},
    Row{"EL3RST", EL3RST},
    Row{"ELNRNG", ELNRNG},
    Row{"EUNATCH", EUNATCH},
    Row{"ENOCSI", ENOCSI},
    Row{"EL2HLT", EL2HLT},
    Row{"EBADE", EBADE},
    Row{"EBADR", EBADR},
    Row{"EXFULL", EXFULL},
    Row{"ENOANO", ENOANO},
    Row{"EBADRQC", EBADRQC},
    Row{"EBADSLT", EBADSLT},
    Row{"EBFONT", EBFONT},
    Row{"ENOSTR", ENOSTR},
    Row{"ENODATA", ENODATA},
    Row{"ETIME", ETIME},
    Row{"ENOSR", ENOSR},
    Row{"ENONET", ENONET},
    Row{"ENOPKG", ENOPKG},
    Row{"EREMOTE", EREMOTE},
    Row{"ENOLINK", ENOLINK},
    Row{"EADV", EADV},
    Row{"ESRMNT", ESRMNT},
    Row{"ECOMM", ECOMM},
    Row{"EPROTO", EPROTO},
    Row{"EMULTIHOP", EMULTIHOP},
    Row{"EDOTDOT", EDOTDOT},
    Row{"EBADMSG", EBADMSG},
    Row{"EOVERFLOW", EOVERFLOW},
    Row{"ENOTUNIQ", ENOTUNIQ},
    Row{"EBADFD", EBADFD},
    Row{"EREMCHG", EREMCHG},
    Row{"ELIBACC", ELIBACC},
    Row{"ELIBBAD", ELIBBAD},
    Row{"ELIBSCN", ELIBSCN},
    Row{"ELIBMAX", ELIBMAX},
    Row{"ELIBEXEC", ELIBEXEC},
    Row{"EILSEQ", EILSEQ},
    Row{"ERESTART", ERESTART},
    Row{"ESTRPIPE", ESTRPIPE},
    Row{"EUSERS", EUSERS},
    Row{"ENOTSOCK", ENOTSOCK},
    Row{"EDESTADDRREQ", EDESTADDRREQ},
    Row{"EMSGSIZE", EMSGSIZE},
    Row{"EPROTOTYPE", EPROTOTYPE},
    Row{"ENOPROTOOPT", ENOPROTOOPT},
    Row{"EPROTONOSUPPORT", EPROTONOSUPPORT},
    Row{"ESOCKTNOSUPPORT", ESOCKTNOSUPPORT},
    Row{"ENOTSUP", ENOTSUP},
    Row{"EPFNOSUPPORT", EPFNOSUPPORT},
    Row{"EAFNOSUPPORT", EAFNOSUPPORT},
    Row{"EADDRINUSE", EADDRINUSE},
    Row{"EADDRNOTAVAIL", EADDRNOTAVAIL},
    Row{"ENETDOWN", ENETDOWN},
    Row{"ENETUNREACH", ENETUNREACH},
    Row{"ENETRESET", ENETRESET},
    Row{"ECONNABORTED", ECONNABORTED},
    Row{"ECONNRESET", ECONNRESET},
    Row{"ENOBUFS", ENOBUFS},
    Row{"EISCONN", EISCONN},
    Row{"ENOTCONN", ENOTCONN},
    Row{"ESHUTDOWN", ESHUTDOWN},
    Row{"ETOOMANYREFS", ETOOMANYREFS},
    Row{"ETIMEDOUT", ETIMEDOUT},
    Row{"ECONNREFUSED", ECONNREFUSED},
    Row{"EHOSTDOWN", EHOSTDOWN},
    Row{"EHOSTUNREACH", EHOSTUNREACH},
    Row{"EALREADY", EALREADY},
    Row{"EINPROGRESS", EINPROGRESS},
    Row{"ESTALE", ESTALE},
    Row{"EUCLEAN", EUCLEAN},
    Row{"ENOTNAM", ENOTNAM},
    Row{"ENAVAIL", ENAVAIL},
    Row{"EISNAM", EISNAM},
    Row{"EREMOTEIO", EREMOTEIO},
    Row{"EDQUOT", EDQUOT},
    Row{"ENOMEDIUM", ENOMEDIUM},
    Row{"EMEDIUMTYPE", EMEDIUMTYPE},
    Row{"ECANCELED", ECANCELED},
    Row{"ENOKEY", ENOKEY},
    Row{"EKEYEXPIRED", EKEYEXPIRED},
    Row{"EKEYREVOKED", EKEYREVOKED},
    Row{"EKEYREJECTED", EKEYREJECTED},
    Row{"EOWNERDEAD", EOWNERDEAD},
    Row{"ENOTRECOVERABLE", ENOTRECOVERABLE},
    Row{"ERFKILL", ERFKILL},
    Row{"EWOULDBLOCK", EWOULDBLOCK},
    Row{"EHWPOISON", EHWPOISON},
};

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
