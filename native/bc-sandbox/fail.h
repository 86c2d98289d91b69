#ifndef BC_SANDBOX_FAIL_H
#define BC_SANDBOX_FAIL_H

/* Where fail writes to; set once for each process. */
extern int fail_fd;

/* Writes the message, with ": " and the text of errno behind it for fail_errno, to fail_fd and ends
   the process with status 1. No line ends are written: a message is all that is written. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2))) void fail_errno(const char *format, ...);

/* malloc that does not return NULL. */
__attribute__((malloc, returns_nonnull)) void *allocate(unsigned long size);

/* A formatted string in memory of its own. */
__attribute__((format(printf, 1, 2), returns_nonnull)) char *text(const char *format, ...);

#endif
