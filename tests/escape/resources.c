/* Each takes a little more than the suite allows (run), and little enough to do no harm where
   nothing bounds it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escape.h"

enum { MANY = 300, MIB = 1 << 20 };

static int forks(void) {
    pid_t pids[MANY];
    int count = 0;
    while (count < MANY && (pids[count] = fork()) >= 0)
        if (pids[count++] == 0) {
            alarm(20);
            pause();
            _exit(0);
        }
    for (int i = 0; i < count; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    return count == MANY;
}

static void *wait_there(void *ignored) {
    pause();
    return ignored;
}

static int threads(void) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 65536);
    for (int i = 0; i < MANY; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attr, wait_there, NULL) != 0)
            return 0;
    }
    return 1;
}

static int take(size_t size) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 0;
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    return 1;
}

static int memory(void) { return take(320 * MIB); }

/* None of them takes much. All have it at the same time: each says so and keeps it. */
static int memory_of_many(void) {
    enum { PROCESSES = 4 };
    int said[2], keep[2], count = 0;
    char byte = 'x';
    if (pipe(said) < 0 || pipe(keep) < 0)
        return 0;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(keep[1]);
            if (take(80 * MIB) && write(said[1], &byte, 1) == 1)
                (void)!read(keep[0], &byte, 1);
            _exit(0);
        }
    close(said[1]);
    alarm(10);
    while (count < PROCESSES && read(said[0], &byte, 1) == 1)
        count++;
    int status, well = count == PROCESSES;
    close(keep[1]);
    for (int i = 0; i < PROCESSES; i++)
        well &= wait(&status) > 0 && WIFEXITED(status);
    return well;
}

static int fill(const char *folder, int mib) {
    static char block[MIB];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < mib; i++) {
        int fd = open(text("%s/block-%d", folder, i), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, block, sizeof block) != sizeof block)
            return 0;
        close(fd);
        if (i % 8 == 0)
            usleep(10000);
    }
    return 1;
}

static void clear(const char *folder, int mib) {
    for (int i = 0; i < mib; i++)
        unlink(text("%s/block-%d", folder, i));
}

static int shared_files(void) {
    if (mkdir(text("/dev/shm/%s", given("MARK")), 0700) < 0)
        return 0;
    int well = fill(text("/dev/shm/%s", given("MARK")), 80);
    clear(text("/dev/shm/%s", given("MARK")), 80);
    rmdir(text("/dev/shm/%s", given("MARK")));
    return well;
}

static int build_folder(void) { return fill(".", 64); }

static int temp_folder(void) {
    if (mkdir(text("/tmp/%s", given("MARK")), 0700) < 0)
        return 0;
    int well = fill(text("/tmp/%s", given("MARK")), 64);
    /* Inside it stays: nobody else sees it. */
    if (getenv("OUTSIDE")) {
        clear(text("/tmp/%s", given("MARK")), 64);
        rmdir(text("/tmp/%s", given("MARK")));
    }
    return well;
}

static int output(void) { return mkdir(out(), 0755) == 0 && fill(out(), 64); }

static int log_flood(void) {
    static char line[1024];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 4096; i++)
        if (write(STDOUT_FILENO, line, sizeof line) < 0)
            return 0;
    usleep(200000);
    return 1;
}

static int silence(void) {
    sleep(5);
    return 1;
}

static int time_taken(void) {
    for (int i = 0; i < 14; i++) {
        printf("going on\n");
        usleep(500000);
    }
    return 1;
}

const struct attempt resources[] = {
    {"run-for-ever", "run longer than it may", time_taken, NULL, 0},
    {"stay-silent", "say nothing for longer than it may", silence, NULL, 0},
    {"fork-bomb", "have 300 processes", forks, NULL, 0},
    {"thread-bomb", "have 300 threads", threads, NULL, 0},
    {"memory-bomb", "take 320 MiB of memory", memory, NULL, 0},
    {"memory-bomb-of-many", "take as much by four processes", memory_of_many, NULL, 0},
    {"memory-by-dev-shm", "fill /dev/shm with 80 MiB", shared_files, NULL, 0},
    {"fill-build-folder", "write 64 MiB to the build folder", build_folder, NULL, 0},
    {"fill-temp-folder", "write 64 MiB to /tmp", temp_folder, NULL, 0},
    {"fill-output", "write 64 MiB to the output", output, NULL, 0},
    {"log-flood", "write a log of 4 MiB", log_flood, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
