/* What a builder may not do although its rights would let it:
   - give a file a set-uid or set-gid bit (EPERM), by chmod or while creating it;
   - read or write extended attributes, and so ACLs (ENOTSUP), which no store keeps.
   openat2 and io_uring, whose arguments a filter cannot see, say that they don't exist (ENOSYS);
   programs fall back to calls that it can.

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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

enum { MAX_RULES = 24, MAX_FILTER = 512 };

enum action {
    CHECK_MODE,    /* EPERM if the argument `mode` has a set-uid or set-gid bit */
    CHECK_CREATE,  /* the same, if the argument `flags` creates a file */
    NOT_SUPPORTED, /* ENOTSUP */
    NO_CALL,       /* ENOSYS */
};

struct rule {
    int number; /* of the system call */
    enum action action;
    int mode;  /* index of the argument */
    int flags; /* index of the argument */
};

struct architecture {
    uint32_t audit;
    struct rule rules[MAX_RULES];
    int count;
};

#define XATTRS(first)                                                                              \
    {first, NOT_SUPPORTED, 0, 0}, {first + 1, NOT_SUPPORTED, 0, 0},                                \
        {first + 2, NOT_SUPPORTED, 0, 0}, {first + 3, NOT_SUPPORTED, 0, 0},                        \
        {first + 4, NOT_SUPPORTED, 0, 0}, {first + 5, NOT_SUPPORTED, 0, 0}
/* Calls that came after 2019 have one number everywhere. */
#define RECENT                                                                                     \
    {425 /* io_uring_setup */, NO_CALL, 0, 0}, {437 /* openat2 */, NO_CALL, 0, 0},                 \
        {452 /* fchmodat2 */, CHECK_MODE, 2, 0}, {463 /* setxattrat */, NOT_SUPPORTED, 0, 0},      \
        {464 /* getxattrat */, NOT_SUPPORTED, 0, 0}, {469 /* file_setattr */, NO_CALL, 0, 0}

static const struct architecture architectures[] = {
#if defined(__x86_64__)
    {AUDIT_ARCH_X86_64,
     {{2 /* open */, CHECK_CREATE, 2, 1},
      {257 /* openat */, CHECK_CREATE, 3, 2},
      {85 /* creat */, CHECK_MODE, 1, 0},
      {133 /* mknod */, CHECK_MODE, 1, 0},
      {259 /* mknodat */, CHECK_MODE, 2, 0},
      {90 /* chmod */, CHECK_MODE, 1, 0},
      {91 /* fchmod */, CHECK_MODE, 1, 0},
      {268 /* fchmodat */, CHECK_MODE, 2, 0},
      XATTRS(188 /* setxattr */),
      RECENT},
     20},
    {AUDIT_ARCH_I386,
     {{5 /* open */, CHECK_CREATE, 2, 1},
      {295 /* openat */, CHECK_CREATE, 3, 2},
      {8 /* creat */, CHECK_MODE, 1, 0},
      {14 /* mknod */, CHECK_MODE, 1, 0},
      {297 /* mknodat */, CHECK_MODE, 2, 0},
      {15 /* chmod */, CHECK_MODE, 1, 0},
      {94 /* fchmod */, CHECK_MODE, 1, 0},
      {306 /* fchmodat */, CHECK_MODE, 2, 0},
      XATTRS(226 /* setxattr */),
      RECENT},
     20},
#elif defined(__aarch64__)
    {AUDIT_ARCH_AARCH64,
     {{56 /* openat */, CHECK_CREATE, 3, 2},
      {33 /* mknodat */, CHECK_MODE, 2, 0},
      {52 /* fchmod */, CHECK_MODE, 1, 0},
      {53 /* fchmodat */, CHECK_MODE, 2, 0},
      XATTRS(5 /* setxattr */),
      RECENT},
     16},
    {AUDIT_ARCH_ARM,
     {{5 /* open */, CHECK_CREATE, 2, 1},
      {322 /* openat */, CHECK_CREATE, 3, 2},
      {8 /* creat */, CHECK_MODE, 1, 0},
      {14 /* mknod */, CHECK_MODE, 1, 0},
      {324 /* mknodat */, CHECK_MODE, 2, 0},
      {15 /* chmod */, CHECK_MODE, 1, 0},
      {94 /* fchmod */, CHECK_MODE, 1, 0},
      {333 /* fchmodat */, CHECK_MODE, 2, 0},
      XATTRS(226 /* setxattr */),
      RECENT},
     20},
#else
#error "no system call numbers for this architecture"
#endif
};

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

/* The accumulator holds the number of the call; if it is the rule's, the verdict follows. */
static void emit_rule(struct program *p, const struct rule *rule) {
    static const uint8_t lengths[] = {
        [CHECK_MODE] = 4, [CHECK_CREATE] = 7, [NOT_SUPPORTED] = 1, [NO_CALL] = 1};
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, 0, lengths[rule->action], (uint32_t)rule->number);
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
    case NOT_SUPPORTED:
        finish(p, SECCOMP_RET_ERRNO | ENOTSUP);
        break;
    case NO_CALL:
        finish(p, SECCOMP_RET_ERRNO | ENOSYS);
        break;
    }
}

static void emit_architecture(struct program *p, const struct architecture *architecture) {
    load(p, offsetof(struct seccomp_data, arch));
    /* The rules are longer than a conditional jump reaches. */
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, architecture->audit);
    unsigned short skip = p->length;
    emit(p, BPF_JMP | BPF_JA, 0, 0, 0);
    load(p, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    /* The x32 calls are those of x86-64 with this bit set. */
    if (architecture->audit == AUDIT_ARCH_X86_64)
        emit(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint32_t)0x40000000);
#endif
    for (int i = 0; i < architecture->count; i++)
        emit_rule(p, &architecture->rules[i]);
    finish(p, SECCOMP_RET_ALLOW);
    p->code[skip].k = (uint32_t)(p->length - skip - 1);
}

void install_filter(void) {
    static struct program p;
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        emit_architecture(&p, &architectures[i]);
    finish(&p, SECCOMP_RET_KILL_PROCESS);

    struct sock_fprog filter = {p.length, p.code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail_errno("cannot set no_new_privs");
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
        fail_errno("cannot install the filter for system calls");
}
