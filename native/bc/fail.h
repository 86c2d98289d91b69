#ifndef BC_FAIL_H
#define BC_FAIL_H

/* Prints "error: " and the message on standard error and ends with status 1. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

/* The same, with ": " and the text of errno behind the message. */
__attribute__((noreturn, format(printf, 1, 2))) void fail_errno(const char *format, ...);

#endif
