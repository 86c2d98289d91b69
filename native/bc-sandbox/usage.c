/* A limit on the disk that works on every file system and without root, where no project quota does
   (quota.c). A tmpfs of that size would take memory for what belongs on a disk, and the outputs have
   to leave it again.

   Ten times a second the free room of the disk is asked for, which is one system call. When it has
   shrunk by as much as the build may hold, and else every few seconds, the build's folders are
   walked and summed. So a build exceeds its limit by what it writes in a tenth of a second, and a
   file that it has removed and holds open counts only through the room it takes. */
#include "usage.h"

#include <fcntl.h>
#include <fts.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"

enum { INTERVAL = 100, MOST_BETWEEN_LOOKS = 5000 };

static uint64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t free_room(const struct usage *usage) {
    struct statvfs disk;
    if (fstatvfs(usage->folders[0], &disk) < 0)
        fail_errno("cannot ask for the free room of the disk");
    return (uint64_t)disk.f_bfree * disk.f_frsize;
}

/* The builder changes the tree meanwhile. fts checks that it comes back to where it went down from,
   reads nothing but attributes, and stays on the file system; a tree that changes gives a sum that
   is off. A file with several names counts once for each. */
static uint64_t held(int folder) {
    char *path[] = {text("/proc/self/fd/%d", folder), NULL};
    FTS *tree = fts_open(path, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_XDEV, NULL);
    if (!tree)
        return 0;
    uint64_t sum = 0;
    for (FTSENT *entry; (entry = fts_read(tree));) {
        if (entry->fts_info == FTS_DP || entry->fts_info == FTS_NS || !entry->fts_statp)
            continue;
        uint64_t blocks = (uint64_t)entry->fts_statp->st_blocks * 512;
        sum += entry->fts_info == FTS_F ? blocks / entry->fts_statp->st_nlink : blocks;
        /* Empty files take an inode each. */
        sum += 256;
    }
    fts_close(tree);
    return sum;
}

void watch_usage(struct usage *usage, const struct config *config) {
    const char *const paths[] = {config->build_dir, config->temp_dir, config->output_dir};
    *usage = (struct usage){.limit = config->disk, .quota.folder = -1};
    if (!usage->limit)
        return;
    for (int i = 0; i < 3; i++) {
        usage->folders[i] = open(paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (usage->folders[i] < 0)
            fail_errno("cannot open %s", paths[i]);
    }
    usage->quota = set_quota(usage->folders, 3, usage->limit);
    usage->free_before = free_room(usage);
    usage->next_look = milliseconds() + MOST_BETWEEN_LOOKS;
}

static int is_watched(const struct usage *usage) { return usage->limit && usage->quota.folder < 0; }

int usage_interval(const struct usage *usage) { return is_watched(usage) ? INTERVAL : -1; }

static int exceeded(struct usage *usage, int last) {
    if (!is_watched(usage))
        return 0;
    uint64_t free_now = free_room(usage);
    uint64_t began = milliseconds();
    int shrunk = usage->free_before > free_now && usage->free_before - free_now >= usage->limit;
    if (!last && !shrunk && began < usage->next_look)
        return 0;
    /* After a walk has shown that others fill the disk, the next is not made before it shrinks as
       much again. */
    usage->free_before = free_now;
    uint64_t sum = 0;
    for (int i = 0; i < 3; i++)
        sum += held(usage->folders[i]);
    uint64_t ended = milliseconds();
    uint64_t pause = 20 * (ended - began);
    usage->next_look = ended + (pause > MOST_BETWEEN_LOOKS ? pause : MOST_BETWEEN_LOOKS);
    return sum > usage->limit;
}

int usage_exceeded(struct usage *usage) { return exceeded(usage, 0); }

int end_usage(struct usage *usage, int failed) {
    if (!usage->limit || is_watched(usage))
        return exceeded(usage, 1);
    int full = failed && quota_full(&usage->quota);
    lift_quota(&usage->quota);
    return full;
}
