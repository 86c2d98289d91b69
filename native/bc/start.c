#include "start.h"

#include "compiler.h"
#include "fail.h"
#include "launch.h"
#include "limits.h"
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const char *own_build(void)
{
    return read_launch()->build;
}

/* A socket's path may have 107 bytes, a store's root more: the folder's descriptor stands in. */
static int connect_in(int folder)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail_errno("cannot make a socket");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/socket", folder);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno != ENOENT && errno != ECONNREFUSED)
            fail_errno("cannot connect to the daemon of '%s'", store_root());
        close(fd);
        return -1;
    }
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        fail_errno("cannot tell who serves '%s'", store_root());
    /* What is sent next holds the caller's environment: not for another user's eyes. */
    if (peer.uid != geteuid() && peer.uid != 0 && geteuid() != 0)
        fail("the daemon of '%s' runs as user %u, not as you", store_root(), (unsigned)peer.uid);
    return fd;
}

int connect_daemon(void)
{
    int folder = open_daemon_folder(0);
    if (folder < 0)
        return -1;
    int fd = connect_in(folder);
    close(folder);
    return fd;
}

__attribute__((noreturn)) static void become_daemon(void)
{
    const struct launch *launch = read_launch();
    if (chdir(store_root()) < 0)
        fail_errno("cannot enter '%s'", store_root());
    umask(022);
    raise_limits();
    execve(launch->command[0], launch->command, daemon_environment());
    fail_errno("cannot run '%s'", launch->command[0]);
}

/* Who would start a second one should know where the first is. */
static void refuse_a_second(void)
{
    int fd = connect_daemon();
    if (fd < 0)
        return;
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        fail_errno("cannot tell who serves '%s'", store_root());
    if (peer.pid == 0)
        fail("another daemon serves this store, in another container; all clients of '%s' reach it", store_root());
    fail("another daemon serves this store: process %d; all clients of '%s' reach it", (int)peer.pid, store_root());
}

void run_daemon_in_foreground(void)
{
    refuse_a_second();
    close(open_daemon_folder(1));
    become_daemon();
}

static void child_of(int ready, int log)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(ready, 1) < 0 || dup2(log, 2) < 0)
        fail_errno("cannot set up the daemon's streams");
    close_range(3, ~0U, 0);
    become_daemon();
}

static void show_log_and_fail(int log, const char *path)
{
    char text[1 << 14];
    ssize_t n = pread(log, text, sizeof text, 0);
    if (n > 0)
        fwrite(text, 1, (size_t)n, stderr);
    fail("the daemon could not start; its log is '%s/daemon/%s'", store_root(), path);
}

/*
 * The daemon writes a line that begins with "bc: " to its standard output once it serves; it ends
 * without one if it can't. The JVM may have something to say there before: that's for the log.
 */
static int wait_until_it_serves(int ready, int log)
{
    char line[1 << 10];
    size_t length = 0;
    for (;;) {
        ssize_t n = read(ready, line + length, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n != 1)
            return 0;
        length++;
        if (line[length - 1] != '\n' && length < sizeof line)
            continue;
        if (length >= 4 && memcmp(line, "bc: ", 4) == 0)
            return 1;
        if (write(log, line, length) < 0)
            return 0;
        length = 0;
    }
}

static void spawn_daemon(int folder)
{
    static const char *const log_name = "log";
    int ready[2];
    int log = openat(folder, log_name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log < 0)
        fail_errno("cannot write '%s/daemon/%s'", store_root(), log_name);
    if (pipe2(ready, O_CLOEXEC) < 0)
        fail_errno("cannot make a pipe");
    read_launch();
    pid_t pid = fork();
    if (pid < 0)
        fail_errno("cannot start the daemon");
    if (pid == 0)
        child_of(ready[1], log);
    close(ready[1]);
    lower_second_compiler(pid, ready[0]);
    if (!wait_until_it_serves(ready[0], log))
        show_log_and_fail(log, log_name);
    close(ready[0]);
    close(log);
}

int connect_or_start_daemon(void)
{
    int fd = connect_daemon();
    if (fd >= 0)
        return fd;
    int folder = open_daemon_folder(1);
    /* One client starts the daemon; the others wait here, and then find it. */
    int lock = openat(folder, "start.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        fail_errno("cannot open '%s/daemon/start.lock'", store_root());
    while (flock(lock, LOCK_EX) < 0)
        if (errno != EINTR)
            fail_errno("cannot lock '%s/daemon/start.lock'", store_root());
    fd = connect_in(folder);
    if (fd < 0) {
        spawn_daemon(folder);
        fd = connect_in(folder);
    }
    if (fd < 0)
        fail("the daemon has started but does not answer; see '%s/daemon/log'", store_root());
    close(lock);
    close(folder);
    return fd;
}
