#include "builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "landlock.h"
#include "limits.h"
#include "root.h"
#include "seccomp.h"

/* Waits for the parent's next byte. */
static void wait_for_parent(int ready) {
    char byte;
    ssize_t got;
    do
        got = read(ready, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1)
        _exit(1); /* the parent failed and has said why, or is gone */
}

/* A new network namespace has a loopback device that is down. */
static void raise_loopback(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_IP);
    if (fd < 0)
        fail_errno("cannot open a socket");
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING};
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        fail_errno("cannot raise the loopback device");
    close(fd);
}

/* "(none)" is what the kernel has where nobody set a domain name. */
static void name_the_host(void) {
    if (sethostname("localhost", 9) < 0 || setdomainname("(none)", 6) < 0)
        fail_errno("cannot set the host's name");
}

static void drop_rights(void) {
    if (setresgid(INSIDE_GID, INSIDE_GID, INSIDE_GID) < 0 ||
        setresuid(INSIDE_UID, INSIDE_UID, INSIDE_UID) < 0)
        fail_errno("cannot become the build user");
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
            fail_errno("cannot drop capability %d", capability);
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        fail_errno("cannot clear the ambient capabilities");
    /* The change of user does not clear them where user 0 has no number in the namespace. */
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) < 0)
        fail_errno("cannot drop the capabilities");
}

/* A change of user clears the death signal, so this comes after it; the parent may have died in
   between. */
static void die_with_parent(int ready) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        fail_errno("cannot ask to die with the parent");
    struct pollfd parent = {.fd = ready};
    if (poll(&parent, 1, 0) > 0 && (parent.revents & (POLLHUP | POLLERR)))
        _exit(1);
}

/* No namespace can be made in the sandbox: most attacks on the kernel begin with being root in one.
   The kernel's own limit holds for all ways to ask, and can't be raised without rights here. */
static void forbid_namespaces(void) {
    int fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1)
        fail_errno("cannot forbid user namespaces");
    close(fd);
}

/* A session keyring is inherited: this process's holds what the daemon's holds. Without room for
   one more key, the filter alone keeps the builder from it. */
static void leave_keyring(void) {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS &&
        errno != EDQUOT)
        fail_errno("cannot make a session keyring");
}

/* The kernel prefers whoever has more of these when memory is short: the builder before the daemon
   and this program's other half. */
static void die_first(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "500", 3) != 3)
        fail_errno("cannot set the builder's rank for when memory is short");
    close(fd);
}

static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_streams(void) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        fail_errno("cannot set up the standard streams");
    /* The way to tell of a failure stays open until the program starts, and closes with that. */
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        fail_errno("cannot close what is open");
}

void become_builder(const struct config *config, int ready, int control) {
    wait_for_parent(ready);
    if (setsid() < 0)
        fail_errno("cannot start a session");
    if (!config->network)
        raise_loopback();
    name_the_host();
    /* In the new user namespace, whose processes are counted; while the disk can still be asked. */
    set_limits(config);
    enter_root(config);
    forbid_namespaces();
    die_first();
    drop_rights();
    die_with_parent(ready);
    leave_keyring();
    umask(022);
    if (chdir(config->inside_build_dir) < 0)
        fail_errno("cannot enter %s", config->inside_build_dir);
    /* As Nix does, so that programs whose output depends on addresses give the same each time. */
    personality(PER_LINUX | ADDR_NO_RANDOMIZE);
    reset_signals();
    set_streams();
    /* With the host's network come its abstract sockets, and by those the means to pass open files
       to another build (CVE-2024-27297). Older kernels cannot tell them from others. */
    int unix_sockets = !config->network || close_abstract_sockets();
    dprintf(control, "ready\n");
    close(control);
    wait_for_parent(ready);
    install_filter(unix_sockets);
    execve(config->builder, config->args.items, config->env.items);
    fail_errno("executing '%s'", config->builder);
}
