/* What a builder may not do although its rights would let it, or would let it on some machines:
   - give a file a set-uid or set-gid bit (EPERM), by chmod or while creating it;
   - read or write extended attributes, and so ACLs and file capabilities (ENOTSUP), which no store
     keeps;
   - mount, enter other namespaces, open files by handle, load programs or code into the kernel, read
     its log, measure it, handle other threads' page faults, set the clock, reach ports (EPERM);
   - open sockets other than Unix, IPv4, IPv6 and netlink (EAFNOSUPPORT): those of virtual machines
     (vsock) and the like know no network namespaces, the rest is only more of the kernel to attack.
   The kernel's keys belong to users and sessions, not to namespaces: a builder finds a kernel that
   has none (ENOSYS). openat2 and io_uring, whose arguments a filter cannot see, don't exist either;
   programs fall back to calls that it can. calls.c has the numbers.

   The filter is classic BPF over struct seccomp_data; see Documentation/userspace-api/
   seccomp_filter.rst of Linux. A system call of an architecture that isn't listed kills the process:
   its numbers mean other calls. */
#include "seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "fail.h"

enum { MAX_FILTER = 1024 };

struct program {
    struct sock_filter code[MAX_FILTER];
    unsigned short length;
};

static void emit(struct program *p, uint16_t code, uint8_t yes, uint8_t no, uint32_t k) {
    if (p->length >= MAX_FILTER)
        fail("the filter is too long");
    p->code[p->length++] = (struct sock_filter){code, yes, no, k};
}

static void load(struct program *p, size_t offset) {
    emit(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

/* The lower half of an argument; modes and flags have 32 bits. Little-endian machines only. */
static void load_argument(struct program *p, int index) {
    load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)index);
}

static void finish(struct program *p, uint32_t verdict) {
    emit(p, BPF_RET | BPF_K, 0, 0, verdict);
}

static void forbid_bits(struct program *p, int mode) {
    load_argument(p, mode);
    emit(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, S_ISUID | S_ISGID);
    finish(p, SECCOMP_RET_ERRNO | EPERM);
    finish(p, SECCOMP_RET_ALLOW);
}

static void allow_families(struct program *p, int unix_sockets) {
    static const uint32_t families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_UNIX};
    load_argument(p, 0);
    for (int i = 0; i < (unix_sockets ? 4 : 3); i++) {
        emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, families[i]);
        finish(p, SECCOMP_RET_ALLOW);
    }
    finish(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* The accumulator holds the number of the call; if it is the rule's, the verdict follows. */
static void emit_rule(struct program *p, const struct rule *rule, int unix_sockets) {
    unsigned short jump = p->length;
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (uint32_t)rule->number);
    switch (rule->action) {
    case CHECK_CREATE:
        load_argument(p, rule->flags);
        /* O_TMPFILE holds O_DIRECTORY's bit too, which alone creates nothing. */
        emit(p, BPF_JMP | BPF_JSET | BPF_K, 1, 0, O_CREAT | (O_TMPFILE & ~O_DIRECTORY));
        finish(p, SECCOMP_RET_ALLOW);
        forbid_bits(p, rule->mode);
        break;
    case CHECK_MODE:
        forbid_bits(p, rule->mode);
        break;
    case CHECK_FAMILY:
        allow_families(p, unix_sockets);
        break;
    case NOT_SUPPORTED:
        finish(p, SECCOMP_RET_ERRNO | ENOTSUP);
        break;
    case FORBIDDEN:
        finish(p, SECCOMP_RET_ERRNO | EPERM);
        break;
    case NO_CALL:
        finish(p, SECCOMP_RET_ERRNO | ENOSYS);
        break;
    }
    p->code[jump].jf = (uint8_t)(p->length - jump - 1);
}

static void emit_architecture(struct program *p, const struct architecture *architecture,
                              int unix_sockets) {
    load(p, offsetof(struct seccomp_data, arch));
    /* The rules are longer than a conditional jump reaches. */
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, architecture->audit);
    unsigned short skip = p->length;
    emit(p, BPF_JMP | BPF_JA, 0, 0, 0);
    load(p, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    /* The x32 calls have this bit set; few kernels have them. */
    if (architecture->audit == AUDIT_ARCH_X86_64) {
        emit(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0x40000000);
        finish(p, SECCOMP_RET_ERRNO | ENOSYS);
    }
#endif
    for (int i = 0; i < architecture->count; i++)
        emit_rule(p, &architecture->rules[i], unix_sockets);
    finish(p, SECCOMP_RET_ALLOW);
    p->code[skip].k = (uint32_t)(p->length - skip - 1);
}

void install_filter(int unix_sockets) {
    static struct program p;
    for (int i = 0; i < architecture_count; i++)
        emit_architecture(&p, &architectures[i], unix_sockets);
    finish(&p, SECCOMP_RET_KILL_PROCESS);

    struct sock_fprog filter = {p.length, p.code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail_errno("cannot set no_new_privs");
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
        fail_errno("cannot install the filter for system calls");
}
