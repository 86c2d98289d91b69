#include "fresh.h"

#include "fail.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int newer(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* The list, from tools/build.sh, names sources and the folders that hold them, whose times tell
   that a file came or went. */
static int stale(int checkout)
{
    struct stat stamp, source;
    int fd = openat(checkout, "target/launcher/sources", O_RDONLY | O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
    if (!list || fstatat(checkout, "target/launcher/stamp", &stamp, 0) != 0)
        return 1;
    char *line = NULL;
    size_t size = 0;
    int found = 0;
    for (ssize_t n; !found && (n = getline(&line, &size, list)) > 0;) {
        line[n - 1] = 0;
        found = fstatat(checkout, line, &source, 0) == 0 && newer(source.st_mtim, stamp.st_mtim);
    }
    free(line);
    fclose(list);
    return found;
}

void rebuild_if_stale(char **argv)
{
    const char *folder = getenv("BC_CHECKOUT");
    if (!folder)
        return;
    int checkout = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (checkout < 0)
        fail_errno("cannot open '%s'", folder);
    int must = stale(checkout);
    unsetenv("BC_CHECKOUT");
    if (must) {
        pid_t child = fork();
        if (child == 0 && fchdir(checkout) == 0)
            execlp("sh", "sh", "tools/build.sh", (char *)NULL);
        if (child == 0)
            fail_errno("cannot run tools/build.sh");
        int status;
        if (child < 0 || waitpid(child, &status, 0) < 0)
            fail_errno("cannot run tools/build.sh");
        if (status != 0)
            exit(1);
        /* By its name: what was started is the program of the last build. */
        char self[4096];
        snprintf(self, sizeof self, "%s/target/native/bc", folder);
        execv(self, argv);
        fail_errno("cannot run '%s'", self);
    }
    close(checkout);
}
