#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escape.h"

static pid_t victim(void) { return (pid_t)given_number("VICTIM"); }

static int trace(void) {
    if (ptrace(PTRACE_SEIZE, victim(), 0, 0) < 0)
        return 0;
    ptrace(PTRACE_DETACH, victim(), 0, 0);
    return 1;
}

static int memory(void) {
    char secret[7] = {0};
    int fd = open(text("/proc/%d/mem", victim()), O_RDONLY);
    return fd >= 0 && pread(fd, secret, 6, given_number("ADDRESS")) == 6 &&
           strcmp(secret, "secret") == 0;
}

static int read_across(void) {
    char secret[7] = {0};
    struct iovec here = {secret, 6}, there = {(void *)given_number("ADDRESS"), 6};
    return process_vm_readv(victim(), &here, 1, &there, 1, 0) == 6 && strcmp(secret, "secret") == 0;
}

static int environment(void) { return opens(text("/proc/%d/environ", victim()), O_RDONLY); }

static int root_of_other(void) {
    return opens(text("/proc/%d/root%s", victim(), given("SECRET")), O_RDONLY);
}

static int see(void) { return access(text("/proc/%d/cmdline", victim()), F_OK) == 0; }

static int take_descriptor(void) {
    int pidfd = (int)syscall(434 /* pidfd_open */, victim(), 0);
    return pidfd >= 0 && syscall(438 /* pidfd_getfd */, pidfd, 0, 0) >= 0;
}

static int signal_victim(void) { return kill(victim(), SIGCONT) == 0; }

static int signal_daemon(void) { return kill((pid_t)given_number("DAEMON"), 0) == 0; }

/* Signal 0 asks only; process 1 and the caller don't count. */
static int signal_everyone(void) { return kill(-1, 0) == 0; }

static int slow_down(void) { return setpriority(PRIO_PROCESS, (id_t)victim(), 1) == 0; }

static int limit_other(void) {
    struct rlimit limit;
    return prlimit(victim(), RLIMIT_CORE, NULL, &limit) == 0;
}

static int hurry(void) { return setpriority(PRIO_PROCESS, 0, -5) == 0; }

static int real_time(void) {
    struct sched_param param = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_FIFO, &param) == 0;
}

static int core(void) {
    struct rlimit limit = {1 << 20, 1 << 20};
    return setrlimit(RLIMIT_CORE, &limit) == 0;
}

static int terminal(void) { return opens("/dev/tty", O_RDWR); }

static int outlive(void) { return start_lingering("-outlives"); }

static int check_outlives(const char *result) {
    (void)result;
    return lingers("-outlives");
}

static int swap(void) { return start_lingering("-swaps"); }

static int check_swaps(const char *result) {
    (void)result;
    return lingers("-swaps");
}

int start_lingering(const char *kind) {
    char *mark = text("%s%s", given("MARK"), kind);
    pid_t pid = fork();
    if (pid == 0) {
        /* Whoever is left by its parent is another's child; nothing is left open. */
        if (fork() != 0)
            _exit(0);
        setsid();
        for (int fd = 0; fd < 64; fd++)
            close(fd);
        execl("/proc/self/exe", "attempt", "--linger", mark, NULL);
        _exit(1);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return 0;
    usleep(20000);
    return 1;
}

void linger(const char *kind) {
    alarm(20);
    if (!strstr(kind, "-swaps")) {
        pause();
        return;
    }
    /* What is deleted by its path is another thing each time it is looked at (CVE-2025-46415). */
    const char *target = getenv("HOSTDIR");
    if (mkdir("victim", 0777) < 0 || symlink(target ? target : "/", "other") < 0)
        pause();
    for (;;) {
        syscall(SYS_renameat2, AT_FDCWD, "victim", AT_FDCWD, "other", 2 /* RENAME_EXCHANGE */);
        usleep(100);
    }
}

int lingers(const char *kind) {
    char *mark = text("%s%s", given("MARK"), kind);
    DIR *proc = opendir("/proc");
    int found = 0;
    for (struct dirent *entry; proc && (entry = readdir(proc));) {
        char line[512];
        int fd = open(text("/proc/%s/cmdline", entry->d_name), O_RDONLY | O_CLOEXEC);
        ssize_t length = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
        if (fd >= 0)
            close(fd);
        if (length <= 0)
            continue;
        line[length] = 0;
        size_t first = strlen(line) + 1;
        if ((ssize_t)first < length && strcmp(line + first, "--linger") == 0 &&
            strcmp(line + first + strlen("--linger") + 1, mark) == 0)
            found = 1;
    }
    if (proc)
        closedir(proc);
    return found;
}

const struct attempt processes[] = {
    {"ptrace", "trace a process of the host", trace, NULL, 0},
    {"proc-mem", "read the memory of a process of the host by /proc/PID/mem", memory, NULL, 0},
    {"process-vm-readv", "read it by process_vm_readv", read_across, NULL, 0},
    {"proc-environ", "read a process's environment", environment, NULL, 0},
    {"proc-root", "go through /proc/PID/root to the host's files", root_of_other, NULL, 0},
    {"see-processes", "see that a process exists", see, NULL, 0},
    {"pidfd-getfd", "take a process's open file", take_descriptor, NULL, 0},
    {"signal-process", "send a signal to a process of the host", signal_victim, NULL, 0},
    {"signal-daemon", "send a signal to the daemon", signal_daemon, NULL, 0},
    {"signal-everyone", "send a signal to every process", signal_everyone, NULL, 0},
    {"renice-process", "slow a process of the host down", slow_down, NULL, 0},
    {"prlimit-process", "read a process's limits", limit_other, NULL, 0},
    {"raise-priority", "run before everybody else", hurry, NULL, 0},
    {"real-time", "run with real-time priority", real_time, NULL, 0},
    {"core-dump", "have the machine's handler run on a core", core, NULL, 0},
    {"controlling-terminal", "open the terminal of whoever started the build", terminal, NULL, 0},
    {"daemonised-child", "leave a process behind", outlive, check_outlives, 0},
    {"cve-2025-46415-swap-folders",
     "leave a process that swaps folders for links while they are "
     "deleted",
     swap, check_swaps, 0},
    {NULL, NULL, NULL, NULL, 0},
};
