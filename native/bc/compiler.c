#include "compiler.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* The kernel shows 15 bytes of a thread's name. */
#define C2 "C2 Compiler"

/* A twentieth of what a thread gets that wants the same core: nice(2). */
#define NICE 14

/* Between two looks, in milliseconds. */
#define PAUSE 2

/* Whether the process has C2's thread, which then has its place. Those that it starts inherit it. */
static int lower(pid_t process)
{
    char path[64], comm[32];
    int found = 0;
    struct dirent *thread;
    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *threads = opendir(path);
    while (threads && !found && (thread = readdir(threads))) {
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/comm", (int)process, thread->d_name);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        if (fgets(comm, sizeof comm, file) && strncmp(comm, C2, strlen(C2)) == 0)
            found = setpriority(PRIO_PROCESS, (id_t)atoi(thread->d_name), NICE) == 0;
        fclose(file);
    }
    if (threads)
        closedir(threads);
    return found;
}

void lower_second_compiler(pid_t jvm, int said)
{
    struct pollfd output = {.fd = said, .events = POLLIN};
    while (!lower(jvm) && poll(&output, 1, PAUSE) == 0)
        continue;
}
