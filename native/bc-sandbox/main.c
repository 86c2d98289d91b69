/* bc-sandbox: runs one builder in isolation.

   Standard input:  a configuration (config.c); all is made ready then for the builder, which starts
                    when a byte follows. It stays open: when it ends, so does the builder.
   Standard output: what the builder writes to its standard output and error.
   Standard error:  "ready" on a line when all is; "over" on a line when nothing of the builder runs
                    any more; one message at the end: "exited N" or "killed N" (a signal) with
                    status 0; or why it could not run, with status 1.

   THE THREAT. The builder is a hostile program of the user's own architecture, and so may be the
   builder of any other derivation, before, after or beside it: they work together. It wants the
   host's files, processes, keys and network; other builds' folders and outputs; the daemon, by its
   socket, by signals, or by what it leaves for the daemon to read; or all of the machine's memory,
   processes, disk or time. The kernel is trusted, and the more so the less of it is in reach. What
   the caller shows of the host (inputs, host paths) is meant to be read.

   WHAT HOLDS, and the attempts of tests/escape that show it (EscapeTest makes all of them as root and
   as an ordinary user); what bounds a build is tested in LimitsTest as well:
   - Users. The builder is user 1000, group 100 of a user namespace; on the host a user that exists
     nowhere else and owns nothing (as root: BuildUsers), or the caller (rootless). No capability, and
     no way to one: no_new_privs, nosuid mounts, no further namespace (user.max_user_namespaces), no
     set-uid bit or file capability that could be left for others (seccomp.c).
       set-uid-output, set-uid-by-open, set-uid-by-fchmodat2, set-gid-folder, file-capabilities, acl,
       cve-2024-38531-open-build-folder, user-namespace, user-namespace-by-clone3, raise-priority,
       real-time, make-disk-device, immutable-file
   - Files. It sees its inputs and the host paths it was given, read-only, each a mount of its own;
     the build folder, /tmp, the store folder and /dev/shm, writable and its own; /dev of six devices.
     The host's root is gone by pivot_root. Nothing is left open but the log.
       read-secret, write-host, write-root, write-etc, write-dev, write-input, map-input, chmod-input,
       rename-input, hard-link-input, ghsa-hard-linked-drv, cve-2025-52991-other-builds, sysfs,
       leaked-descriptor, dev-shm, chroot-twice, open-by-handle, fuse
   - Mounts. It can neither mount nor unmount, by the old calls or the new.
       mount, unmount-proc, remount-input, overlay, cve-2022-0492-release-agent, setns, fsopen,
       open-tree, pivot-root
   - Processes. It is process 1 of a namespace and sees no other. When it ends, or this program is
     told to end it, the kernel kills everything it started before this program reports; and it ends
     when this program or the daemon dies. It has a session without a terminal.
       ptrace, proc-mem, process-vm-readv, proc-environ, proc-root, see-processes, pidfd-getfd,
       signal-process, signal-daemon, signal-everyone, renice-process, prlimit-process,
       controlling-terminal, daemonised-child, cve-2025-46415-swap-folders
       (and HostileBuilderTest.theBuilderDiesWithTheDaemon)
   - Network. Loopback of its own; unless the output is fixed, whose content is checked. With the
     host's network it still reaches no abstract Unix socket of others (Landlock; before Linux 6.12,
     no Unix socket at all), so that two builds cannot pass each other open files. Odd families of
     sockets, which know no namespaces, can't be opened (32-bit programs can: calls.c).
       tcp, udp, abstract-socket, cve-2024-27297-abstract-socket, cve-2025-46416-pass-descriptor,
       unix-socket, daemon-socket, daemon-socket-fixed, raw-socket, odd-families, odd-families-fixed
   - IPC, UTS, control group namespaces, a session keyring of its own.
       sysv-shared-memory, sysv-semaphore, posix-queue, read-key, see-key, add-key, request-key,
       see-host-name, set-host-name
   - The kernel. What builds don't need of it and attackers do is filtered away (seccomp.c).
       io-uring, perf, bpf, userfaultfd, kexec, load-module, unload-module, kernel-log, fanotify,
       quotactl, acct, swapon, reboot, write-sysctl, write-core-pattern, write-sysrq, io-ports,
       core-dump
   - The machine. Memory, processes and processors are bounded for the build by control groups where
     the daemon may make some, and process by process else (limits.c); the disk by a project quota
     where the file system has them (quota.c), and by watching it else (usage.c); the length of a
     file always. Time and log are the caller's to bound.
       fork-bomb, thread-bomb, memory-bomb, memory-bomb-of-many (takes control groups),
       memory-by-dev-shm, lock-memory, fill-build-folder, fill-temp-folder, fill-output,
       endless-output, run-for-ever, stay-silent, log-flood
   - What it leaves. Whoever takes the outputs trusts nothing about them but that nobody changes them
     any more (OutputFiles, DiskTree).
       output-socket, output-fifo, output-device, writable-output, cve-2026-39860-output-link,
       links-in-output, output-dot-dot, cve-2026-44028-deep-output

   WHAT DOES NOT. A fixed output's builder reaches every server that the host reaches, those on its
   loopback too. Rootless, an escaped builder is the caller. Builds share caches of the processor and
   can measure each other. The kernel's own mistakes.

   Needs Linux 5.12, and either root or unprivileged user namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <grp.h>
#include <unistd.h>

#include "builder.h"
#include "config.h"
#include "fail.h"
#include "root.h"
#include "usage.h"

static void write_whole(int folder, const char *path, const char *content) {
    int fd = openat(folder, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content))
        fail_errno("cannot map ids by /proc/%s", path);
    close(fd);
}

/* Says which ids of the host a process in a new user namespace has. `process` is "self" or a
   number. */
static void map_ids(int proc, const char *process, uid_t uid, gid_t gid) {
    write_whole(proc, text("%s/setgroups", process), "deny");
    write_whole(proc, text("%s/uid_map", process), text("%d %u 1", INSIDE_UID, uid));
    write_whole(proc, text("%s/gid_map", process), text("%d %u 1", INSIDE_GID, gid));
}

/* Gives this process a mount namespace that it may shape. Without root that takes a user namespace,
   in which the caller's own ids are the only ones. */
static void separate(int proc, int root) {
    if (root) {
        if (setgroups(0, NULL) < 0)
            fail_errno("cannot drop the supplementary groups");
        if (unshare(CLONE_NEWNS) < 0)
            fail_errno("cannot make a mount namespace");
        return;
    }
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        fail_errno("cannot make a user namespace; as root: "
                   "sysctl -w kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000, "
                   "and on AppArmor kernel.apparmor_restrict_unprivileged_userns=0");
    map_ids(proc, "self", uid, gid);
}

/* Starts the builder's process; in it, 0 is returned. */
static pid_t start_process(const struct config *config, int root, int *pidfd) {
    struct clone_args args = {
        .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
                 CLONE_PIDFD | (config->network ? 0 : CLONE_NEWNET) | (root ? CLONE_NEWUSER : 0),
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0)
        fail_errno("cannot make the namespaces of the sandbox");
    return pid;
}

/* The builder's namespaces, held open. A process that lets the last hold on its mounts go waits in
   its exit until no processor can be looking at them, milliseconds without work; so this program does
   it when the builder has ended. */
struct namespaces {
    int mounts, network;
};

static struct namespaces hold_namespaces(int proc, pid_t pid) {
    /* Where that is not possible it only takes longer. */
    return (struct namespaces){
        .mounts = openat(proc, text("%d/ns/mnt", pid), O_RDONLY | O_CLOEXEC),
        .network = openat(proc, text("%d/ns/net", pid), O_RDONLY | O_CLOEXEC),
    };
}

static void release_namespaces(struct namespaces *held) {
    close(held->mounts);
    close(held->network);
}

/* Starts the builder when the caller wants it, by a byte to `ready`, and waits for its end, or for
   the caller's or for too much on the disk, which bring about the builder's. Returns how it ended;
   `exceeded` says whether the disk was the reason. */
static int supervise(pid_t pid, int pidfd, int ready, struct usage *usage, int *exceeded) {
    int started = 0;
    struct pollfd watched[] = {{.fd = pidfd, .events = POLLIN},
                               {.fd = STDIN_FILENO, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, usage_interval(usage)) < 0 && errno != EINTR)
            break;
        if (watched[0].revents)
            break;
        if (watched[1].revents) {
            char byte;
            if (read(STDIN_FILENO, &byte, 1) <= 0)
                break;
            /* Where it is gone already, pidfd tells. */
            if (!started && write(ready, "2", 1) == 1)
                started = 1;
        }
        if ((*exceeded = usage_exceeded(usage)))
            break;
    }
    /* Killing what has ended already does nothing. */
    kill(pid, SIGKILL);
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            fail_errno("cannot wait for the builder");
    /* The next builder need not wait for what follows. */
    dprintf(fail_fd, "over\n");
    *exceeded = end_usage(usage, status != 0) || *exceeded;
    return status;
}

/* What the builder's process said before it became the builder; "" if it got that far. */
static void read_complaint(int fd, char *into, size_t size) {
    size_t length = 0;
    ssize_t got;
    while (length < size - 1 && ((got = read(fd, into + length, size - 1 - length)) > 0 ||
                                 (got < 0 && errno == EINTR)))
        if (got > 0)
            length += (size_t)got;
    into[length] = 0;
}

static void own(const char *path, const struct config *config) {
    if (lchown(path, config->uid, config->gid) < 0)
        fail_errno("cannot give %s to the build user", path);
}

int main(int argc, char **argv) {
    /* Run so inside the sandbox, this program shows that the sandbox works. */
    if (argc == 2 && strcmp(argv[1], "--probe") == 0)
        return 0;
    if (argc == 3 && strcmp(argv[1], "--quota") == 0) {
        int folder = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *why = folder < 0 ? "the folder cannot be opened" : why_no_quota(folder);
        fputs(why ? why : "", stdout);
        return 0;
    }
    int control = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (control < 0)
        return 1;
    fail_fd = control;
    signal(SIGPIPE, SIG_IGN);
    umask(022);

    struct config *config = read_config(STDIN_FILENO);
    int root = geteuid() == 0;
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        fail_errno("cannot open /proc");
    if (root) {
        own(config->build_dir, config);
        own(config->output_dir, config);
        own(config->temp_dir, config);
    }
    struct usage usage;
    watch_usage(&usage, config);
    separate(proc, root);
    build_root(config);

    int ready[2], complaint[2], pidfd;
    if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(complaint, O_CLOEXEC) < 0)
        fail_errno("cannot make a pipe");
    pid_t pid = start_process(config, root, &pidfd);
    if (pid == 0) {
        fail_fd = complaint[1];
        close(ready[1]);
        close(complaint[0]);
        close(proc);
        become_builder(config, ready[0], control);
    }
    close(ready[0]);
    close(complaint[1]);
    /* The caller sees the log's end when the builder has none of it any more. */
    close(STDOUT_FILENO);
    struct namespaces held = hold_namespaces(proc, pid);
    if (root)
        map_ids(proc, text("%d", pid), config->uid, config->gid);
    if (write(ready[1], "1", 1) != 1)
        fail_errno("cannot start the builder");

    int exceeded = 0;
    int status = supervise(pid, pidfd, ready[1], &usage, &exceeded);
    char why[8192];
    read_complaint(complaint[0], why, sizeof why);
    release_namespaces(&held);
    remove_mountpoints(config);
    if (why[0])
        fail("%s", why);
    if (exceeded)
        dprintf(control, "filled %llu", (unsigned long long)config->disk);
    else if (WIFSIGNALED(status))
        dprintf(control, "killed %d", WTERMSIG(status));
    else
        dprintf(control, "exited %d", WEXITSTATUS(status));
    return 0;
}
