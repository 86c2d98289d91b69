#ifndef BC_SANDBOX_CALLS_H
#define BC_SANDBOX_CALLS_H

#include <stdint.h>

/* What the filter does with a system call. */
enum action {
    CHECK_MODE,    /* EPERM if the argument `mode` has a set-uid or set-gid bit */
    CHECK_CREATE,  /* the same, if the argument `flags` creates a file */
    CHECK_FAMILY,  /* EAFNOSUPPORT unless argument 0 is a family of sockets that builds need */
    NOT_SUPPORTED, /* ENOTSUP */
    FORBIDDEN,     /* EPERM */
    NO_CALL,       /* ENOSYS */
};

struct rule {
    int number; /* of the system call */
    enum action action;
    int mode;  /* index of the argument */
    int flags; /* index of the argument */
};

/* The system calls of one architecture that are not simply allowed. */
struct architecture {
    uint32_t audit; /* its number in struct seccomp_data */
    const struct rule *rules;
    int count;
};

/* Those whose programs this machine can run; the machine's own first. */
extern const struct architecture architectures[];
extern const int architecture_count;

#endif
