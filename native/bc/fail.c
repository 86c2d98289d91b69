#include "fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print(const char *format, va_list args)
{
    fputs(isatty(2) ? "\033[31;1merror:\033[0m " : "error: ", stderr);
    vfprintf(stderr, format, args);
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void fail_errno(const char *format, ...)
{
    int e = errno;
    va_list args;
    va_start(args, format);
    print(format, args);
    va_end(args);
    fprintf(stderr, ": %s\n", strerror(e));
    exit(1);
}
