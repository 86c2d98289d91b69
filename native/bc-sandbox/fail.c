#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fail_fd = STDERR_FILENO;

/* Docker's usual profile lets not even root make a keyring or change the root. */
static const char refused[] =
    " (a container may need --privileged, or --security-opt seccomp=unconfined)";

__attribute__((noreturn)) static void finish(const char *format, va_list args, int error) {
    char message[8192];
    int length = vsnprintf(message, sizeof message, format, args);
    if (length < 0)
        length = 0;
    if ((size_t)length >= sizeof message)
        length = sizeof message - 1;
    if (error)
        length += snprintf(message + length, sizeof message - length, ": %s%s", strerror(error),
                           error == EPERM || error == ENOSYS ? refused : "");
    if ((size_t)length >= sizeof message)
        length = sizeof message - 1;
    for (const char *p = message; length > 0;) {
        ssize_t written = write(fail_fd, p, length);
        if (written < 0 && errno != EINTR)
            break;
        if (written > 0) {
            p += written;
            length -= written;
        }
    }
    _exit(1);
}

void fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    finish(format, args, 0);
}

void fail_errno(const char *format, ...) {
    int error = errno;
    va_list args;
    va_start(args, format);
    finish(format, args, error);
}

void *allocate(unsigned long size) {
    void *memory = malloc(size ? size : 1);
    if (!memory)
        fail("out of memory");
    return memory;
}

char *text(const char *format, ...) {
    char *result;
    va_list args;
    va_start(args, format);
    if (vasprintf(&result, format, args) < 0)
        fail("out of memory");
    va_end(args);
    return result;
}
