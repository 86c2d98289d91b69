#include "builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "root.h"
#include "seccomp.h"

static void wait_until_ready(int ready) {
    char byte;
    ssize_t got;
    do
        got = read(ready, &byte, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1)
        _exit(1); /* the parent failed and has said why */
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
    struct pollfd parent = {.fd = ready, .events = POLLIN};
    if (poll(&parent, 1, 0) > 0)
        _exit(1);
}

/* The JVM raises its limit of open files as far as it goes; some programs try to close all. */
static void set_limits(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 1024) {
        files.rlim_cur = 1024;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    struct rlimit core = {0, RLIM_INFINITY};
    if (setrlimit(RLIMIT_CORE, &core) < 0) {
        core.rlim_max = 0;
        setrlimit(RLIMIT_CORE, &core);
    }
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

void become_builder(const struct config *config, int ready) {
    wait_until_ready(ready);
    if (setsid() < 0)
        fail_errno("cannot start a session");
    if (!config->network)
        raise_loopback();
    name_the_host();
    enter_root(config);
    drop_rights();
    die_with_parent(ready);
    set_limits();
    umask(022);
    if (chdir(config->inside_build_dir) < 0)
        fail_errno("cannot enter %s", config->inside_build_dir);
    /* As Nix does, so that programs whose output depends on addresses give the same each time. */
    personality(PER_LINUX | ADDR_NO_RANDOMIZE);
    reset_signals();
    set_streams();
    install_filter();
    execve(config->builder, config->args.items, config->env.items);
    fail_errno("cannot run the builder '%s'", config->builder);
}
