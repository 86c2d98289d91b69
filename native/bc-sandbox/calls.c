/* System call numbers: arch/x86/entry/syscalls/syscall_{64,32}.tbl, scripts/syscall.tbl (arm64) and
   arch/arm/tools/syscall.tbl of Linux. Rules that look at arguments stand first: the kernel keeps
   for itself which numbers are always allowed, those it has to ask about each time. */
#include "calls.h"

#include <linux/audit.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

#define XATTRS(first)                                                                              \
    {first, NOT_SUPPORTED, 0, 0}, {first + 1, NOT_SUPPORTED, 0, 0},                                \
        {first + 2, NOT_SUPPORTED, 0, 0}, {first + 3, NOT_SUPPORTED, 0, 0},                        \
        {first + 4, NOT_SUPPORTED, 0, 0}, {                                                        \
        first + 5, NOT_SUPPORTED, 0, 0                                                             \
    }
#define DENY(number)                                                                               \
    { number, FORBIDDEN, 0, 0 }
#define ABSENT(number)                                                                             \
    { number, NO_CALL, 0, 0 }

/* Calls that came after 2019 have one number everywhere. */
#define RECENT                                                                                     \
    {452 /* fchmodat2 */, CHECK_MODE, 2, 0}, {463 /* setxattrat */, NOT_SUPPORTED, 0, 0},          \
        {464 /* getxattrat */, NOT_SUPPORTED, 0, 0}, ABSENT(425 /* io_uring_setup */),             \
        ABSENT(426 /* io_uring_enter */), ABSENT(427 /* io_uring_register */),                     \
        ABSENT(437 /* openat2 */), ABSENT(469 /* file_setattr */), DENY(428 /* open_tree */),      \
        DENY(429 /* move_mount */), DENY(430 /* fsopen */), DENY(431 /* fsconfig */),              \
        DENY(432 /* fsmount */), DENY(433 /* fspick */), DENY(442 /* mount_setattr */),            \
        DENY(443 /* quotactl_fd */), DENY(467 /* open_tree_attr */)

#if defined(__x86_64__)

static const struct rule x86_64[] = {
    {257 /* openat */, CHECK_CREATE, 3, 2},
    {2 /* open */, CHECK_CREATE, 2, 1},
    {41 /* socket */, CHECK_FAMILY, 0, 0},
    {85 /* creat */, CHECK_MODE, 1, 0},
    {133 /* mknod */, CHECK_MODE, 1, 0},
    {259 /* mknodat */, CHECK_MODE, 2, 0},
    {90 /* chmod */, CHECK_MODE, 1, 0},
    {91 /* fchmod */, CHECK_MODE, 1, 0},
    {268 /* fchmodat */, CHECK_MODE, 2, 0},
    XATTRS(188 /* setxattr */),
    RECENT,
    ABSENT(248 /* add_key */),
    ABSENT(249 /* request_key */),
    ABSENT(250 /* keyctl */),
    DENY(165 /* mount */),
    DENY(166 /* umount2 */),
    DENY(155 /* pivot_root */),
    DENY(308 /* setns */),
    DENY(304 /* open_by_handle_at */),
    DENY(321 /* bpf */),
    DENY(298 /* perf_event_open */),
    DENY(323 /* userfaultfd */),
    DENY(300 /* fanotify_init */),
    DENY(103 /* syslog */),
    DENY(212 /* lookup_dcookie */),
    DENY(246 /* kexec_load */),
    DENY(320 /* kexec_file_load */),
    DENY(175 /* init_module */),
    DENY(313 /* finit_module */),
    DENY(176 /* delete_module */),
    DENY(163 /* acct */),
    DENY(179 /* quotactl */),
    DENY(167 /* swapon */),
    DENY(168 /* swapoff */),
    DENY(169 /* reboot */),
    DENY(164 /* settimeofday */),
    DENY(227 /* clock_settime */),
    DENY(172 /* iopl */),
    DENY(173 /* ioperm */),
};

/* A 32-bit C library opens sockets by socketcall, whose arguments a filter cannot see: there the
   families stay open. */
static const struct rule i386[] = {
    {295 /* openat */, CHECK_CREATE, 3, 2},
    {5 /* open */, CHECK_CREATE, 2, 1},
    {359 /* socket */, CHECK_FAMILY, 0, 0},
    {8 /* creat */, CHECK_MODE, 1, 0},
    {14 /* mknod */, CHECK_MODE, 1, 0},
    {297 /* mknodat */, CHECK_MODE, 2, 0},
    {15 /* chmod */, CHECK_MODE, 1, 0},
    {94 /* fchmod */, CHECK_MODE, 1, 0},
    {306 /* fchmodat */, CHECK_MODE, 2, 0},
    XATTRS(226 /* setxattr */),
    RECENT,
    ABSENT(286 /* add_key */),
    ABSENT(287 /* request_key */),
    ABSENT(288 /* keyctl */),
    DENY(21 /* mount */),
    DENY(22 /* umount */),
    DENY(52 /* umount2 */),
    DENY(217 /* pivot_root */),
    DENY(346 /* setns */),
    DENY(342 /* open_by_handle_at */),
    DENY(357 /* bpf */),
    DENY(336 /* perf_event_open */),
    DENY(374 /* userfaultfd */),
    DENY(338 /* fanotify_init */),
    DENY(103 /* syslog */),
    DENY(253 /* lookup_dcookie */),
    DENY(283 /* kexec_load */),
    DENY(128 /* init_module */),
    DENY(350 /* finit_module */),
    DENY(129 /* delete_module */),
    DENY(51 /* acct */),
    DENY(131 /* quotactl */),
    DENY(87 /* swapon */),
    DENY(115 /* swapoff */),
    DENY(88 /* reboot */),
    DENY(79 /* settimeofday */),
    DENY(25 /* stime */),
    DENY(264 /* clock_settime */),
    DENY(404 /* clock_settime64 */),
    DENY(110 /* iopl */),
    DENY(101 /* ioperm */),
};

const struct architecture architectures[] = {{AUDIT_ARCH_X86_64, x86_64, COUNT(x86_64)},
                                             {AUDIT_ARCH_I386, i386, COUNT(i386)}};

#elif defined(__aarch64__)

static const struct rule aarch64[] = {
    {56 /* openat */, CHECK_CREATE, 3, 2},
    {198 /* socket */, CHECK_FAMILY, 0, 0},
    {33 /* mknodat */, CHECK_MODE, 2, 0},
    {52 /* fchmod */, CHECK_MODE, 1, 0},
    {53 /* fchmodat */, CHECK_MODE, 2, 0},
    XATTRS(5 /* setxattr */),
    RECENT,
    ABSENT(217 /* add_key */),
    ABSENT(218 /* request_key */),
    ABSENT(219 /* keyctl */),
    DENY(40 /* mount */),
    DENY(39 /* umount2 */),
    DENY(41 /* pivot_root */),
    DENY(268 /* setns */),
    DENY(265 /* open_by_handle_at */),
    DENY(280 /* bpf */),
    DENY(241 /* perf_event_open */),
    DENY(282 /* userfaultfd */),
    DENY(262 /* fanotify_init */),
    DENY(116 /* syslog */),
    DENY(18 /* lookup_dcookie */),
    DENY(104 /* kexec_load */),
    DENY(294 /* kexec_file_load */),
    DENY(105 /* init_module */),
    DENY(273 /* finit_module */),
    DENY(106 /* delete_module */),
    DENY(89 /* acct */),
    DENY(60 /* quotactl */),
    DENY(224 /* swapon */),
    DENY(225 /* swapoff */),
    DENY(142 /* reboot */),
    DENY(170 /* settimeofday */),
    DENY(112 /* clock_settime */),
};

static const struct rule arm[] = {
    {322 /* openat */, CHECK_CREATE, 3, 2},
    {5 /* open */, CHECK_CREATE, 2, 1},
    {281 /* socket */, CHECK_FAMILY, 0, 0},
    {8 /* creat */, CHECK_MODE, 1, 0},
    {14 /* mknod */, CHECK_MODE, 1, 0},
    {324 /* mknodat */, CHECK_MODE, 2, 0},
    {15 /* chmod */, CHECK_MODE, 1, 0},
    {94 /* fchmod */, CHECK_MODE, 1, 0},
    {333 /* fchmodat */, CHECK_MODE, 2, 0},
    XATTRS(226 /* setxattr */),
    RECENT,
    ABSENT(309 /* add_key */),
    ABSENT(310 /* request_key */),
    ABSENT(311 /* keyctl */),
    DENY(21 /* mount */),
    DENY(52 /* umount2 */),
    DENY(218 /* pivot_root */),
    DENY(375 /* setns */),
    DENY(371 /* open_by_handle_at */),
    DENY(386 /* bpf */),
    DENY(364 /* perf_event_open */),
    DENY(388 /* userfaultfd */),
    DENY(367 /* fanotify_init */),
    DENY(103 /* syslog */),
    DENY(249 /* lookup_dcookie */),
    DENY(347 /* kexec_load */),
    DENY(401 /* kexec_file_load */),
    DENY(128 /* init_module */),
    DENY(379 /* finit_module */),
    DENY(129 /* delete_module */),
    DENY(51 /* acct */),
    DENY(131 /* quotactl */),
    DENY(87 /* swapon */),
    DENY(115 /* swapoff */),
    DENY(88 /* reboot */),
    DENY(79 /* settimeofday */),
    DENY(262 /* clock_settime */),
    DENY(404 /* clock_settime64 */),
};

const struct architecture architectures[] = {{AUDIT_ARCH_AARCH64, aarch64, COUNT(aarch64)},
                                             {AUDIT_ARCH_ARM, arm, COUNT(arm)}};

#else
#error "no system call numbers for this architecture"
#endif

const int architecture_count = COUNT(architectures);
