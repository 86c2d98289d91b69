#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/quota.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif

#include "escape.h"

/* Where a call would change the machine it is made with arguments that can't be right: the kernel
   looks at the rights first. */

static int ring(void) {
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    return reached(syscall(SYS_io_uring_setup, 1, &params));
}

static int perf(void) {
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = PERF_COUNT_SW_TASK_CLOCK;
    attr.exclude_kernel = 1;
    return reached(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int bpf(void) {
    union bpf_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.map_type = BPF_MAP_TYPE_ARRAY;
    attr.key_size = attr.value_size = 4;
    attr.max_entries = 1;
    return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr) >= 0;
}

static int faults(void) { return reached(syscall(SYS_userfaultfd, O_CLOEXEC)); }

static int read_key(void) {
    char secret[7] = {0};
    long key =
        syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", given("KEY"), 0);
    return key >= 0 && syscall(SYS_keyctl, KEYCTL_READ, key, secret, 6) == 6;
}

static int see_key(void) {
    FILE *keys = fopen("/proc/keys", "r");
    char line[512];
    while (keys && fgets(line, sizeof line, keys))
        if (strstr(line, given("KEY")))
            return 1;
    return 0;
}

static int keep_key(void) {
    return syscall(SYS_add_key, "user", given("MARK"), "kept", 4, KEY_SPEC_PROCESS_KEYRING) >= 0;
}

static int ask_for_key(void) {
    return reached(syscall(SYS_request_key, "user", given("MARK"), NULL, 0));
}

static int kexec(void) { return reached(syscall(SYS_kexec_load, 0, 1000000, NULL, ~0UL)); }

static int module(void) { return reached(syscall(SYS_finit_module, -1, "", 0)); }

static int unload(void) {
    return reached(syscall(SYS_delete_module, "no-such-module", O_NONBLOCK));
}

static int read_log(void) {
    static char buffer[4096];
    return klogctl(3 /* read all */, buffer, sizeof buffer) >= 0;
}

static int by_handle(void) {
    struct {
        struct file_handle handle;
        unsigned char bytes[8];
    } handle = {.handle = {8, 1}};
    int here = open(".", O_RDONLY | O_DIRECTORY);
    return reached(open_by_handle_at(here, &handle.handle, O_RDONLY));
}

static int watch_files(void) {
    return reached(syscall(SYS_fanotify_init, 0x4 /* content */, O_RDONLY));
}

static int quota(void) {
    return reached(quotactl(QCMD(Q_SYNC, USRQUOTA), "/no/such/device", 0, NULL));
}

static int account(void) { return reached(acct("/no/such/file")); }

static int swap(void) { return reached(swapon("/no/such/file", 0)); }

static int restart(void) { return reached(syscall(SYS_reboot, 0, 0, 0, NULL)); }

static int rename_host(void) {
    char name[256];
    return gethostname(name, sizeof name) == 0 && sethostname(name, strlen(name)) == 0;
}

static int see_host(void) {
    char name[256] = "";
    return gethostname(name, sizeof name) == 0 && strcmp(name, given("HOSTNAME")) == 0;
}

static int set_sysctl(void) { return opens("/proc/sys/kernel/domainname", O_WRONLY); }

static int set_core_handler(void) { return opens("/proc/sys/kernel/core_pattern", O_WRONLY); }

static int sysrq(void) {
    absent(access("/proc/sysrq-trigger", F_OK) < 0);
    return opens("/proc/sysrq-trigger", O_WRONLY);
}

static int sysfs(void) { return opens("/sys/kernel", O_RDONLY | O_DIRECTORY); }

static int lock_memory(void) {
    size_t size = 64 << 20;
    void *memory = malloc(size);
    return memory && syscall(SYS_mlock, memory, size) == 0;
}

#if defined(__x86_64__)
static int ports(void) { return reached(ioperm(0x80, 1, 1)); }
#endif

const struct attempt kernel[] = {
    {"io-uring", "make an io_uring", ring, NULL, 0},
    {"perf", "measure by perf_event_open", perf, NULL, 0},
    {"bpf", "make a BPF map", bpf, NULL, 0},
    {"userfaultfd", "handle page faults", faults, NULL, 0},
    {"read-key", "read a key of the daemon's session", read_key, NULL, 0},
    {"see-key", "see that it is there", see_key, NULL, 0},
    {"add-key", "put a key into a keyring", keep_key, NULL, 0},
    {"request-key", "have the kernel ask a program of root's for a key", ask_for_key, NULL, 0},
    {"kexec", "load another kernel", kexec, NULL, 0},
    {"load-module", "load a kernel module", module, NULL, 0},
    {"unload-module", "unload one", unload, NULL, 0},
    {"kernel-log", "read the kernel's log", read_log, NULL, 0},
    {"open-by-handle", "open files by handle instead of by path", by_handle, NULL, 0},
    {"fanotify", "watch a file system", watch_files, NULL, 0},
    {"quotactl", "manage quotas", quota, NULL, 0},
    {"acct", "manage accounting", account, NULL, 0},
    {"swapon", "manage swapping", swap, NULL, 0},
    {"reboot", "restart the machine", restart, NULL, 0},
    {"set-host-name", "set the host's name", rename_host, NULL, 0},
    {"see-host-name", "see the host's name", see_host, NULL, 0},
    {"write-sysctl", "change a setting of the kernel", set_sysctl, NULL, 0},
    {"write-core-pattern", "set the machine's handler of cores", set_core_handler, NULL, 0},
    {"write-sysrq", "send the kernel a magic key", sysrq, NULL, 0},
    {"sysfs", "see the machine's devices by /sys", sysfs, NULL, 0},
    {"lock-memory", "lock 64 MiB into memory", lock_memory, NULL, 0},
#if defined(__x86_64__)
    {"io-ports", "reach the machine's ports", ports, NULL, 0},
#endif
    {NULL, NULL, NULL, NULL, 0},
};
