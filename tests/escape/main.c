/* attempt NAME              makes the attempt: 0 if it succeeded, 1 if not, 3 if this machine's
   kernel lacks what it is about attempt --list            names and flags, one attempt in each line
   attempt --check NAME RESULT
   attempt --victim FOLDER   what is attacked: makes files there, and `facts`, variables for a shell
   attempt --with-key NAME PROGRAM...  runs a program in a session that has a key */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escape.h"

static const struct attempt *const tables[] = {processes,  files,   kernel,
                                               namespaces, sockets, resources};
enum { TABLES = sizeof tables / sizeof *tables };

const char *given(const char *name) {
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "attempt: %s is not set\n", name);
        exit(2);
    }
    return value;
}

long given_number(const char *name) { return strtol(given(name), NULL, 10); }

const char *out(void) { return given("out"); }

char *text(const char *format, ...) {
    char *result;
    va_list args;
    va_start(args, format);
    if (vasprintf(&result, format, args) < 0)
        exit(2);
    va_end(args);
    return result;
}

void absent(int yes) {
    if (yes && getenv("OUTSIDE"))
        exit(3);
}

int reached(long result) {
    absent(result < 0 && errno == ENOSYS);
    return result >= 0 || (errno != EPERM && errno != EACCES && errno != ENOSYS);
}

int opens(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

int write_file(const char *path, int mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return 0;
    int well = write(fd, "escaped\n", 8) == 8;
    close(fd);
    return well;
}

int in_child(int (*run)(void)) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(run() ? 0 : 1);
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static const struct attempt *find(const char *name) {
    for (int t = 0; t < TABLES; t++)
        for (const struct attempt *a = tables[t]; a->name; a++)
            if (strcmp(a->name, name) == 0)
                return a;
    fprintf(stderr, "attempt: there is no '%s'\n", name);
    exit(2);
}

static int list(void) {
    for (int t = 0; t < TABLES; t++)
        for (const struct attempt *a = tables[t]; a->name; a++)
            printf("%s\t%s\t%s\n", a->name, a->fixed ? "fixed" : "plain", a->what);
    return 0;
}

static int with_key(const char *name, char **program) {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", name, "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0) {
        perror("attempt: cannot add a key");
        return 2;
    }
    execvp(*program, program);
    perror(*program);
    return 2;
}

int main(int argc, char **argv) {
    setlinebuf(stdout);
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc == 4 && strcmp(argv[1], "--check") == 0) {
        const struct attempt *a = find(argv[2]);
        return a->check ? !a->check(argv[3]) : 0;
    }
    if (argc == 3 && strcmp(argv[1], "--victim") == 0)
        return be_victim(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--linger") == 0) {
        linger(argv[2]);
        return 0;
    }
    if (argc > 3 && strcmp(argv[1], "--with-key") == 0)
        return with_key(argv[2], argv + 3);
    if (argc != 2)
        return 2;
    if (!find(argv[1])->run())
        return 1;
    struct stat status;
    if (lstat(out(), &status) < 0 && !write_file(out(), 0644))
        return 1;
    return 0;
}
