/* Bounds that the kernel keeps for us. Control groups bound the build as a whole; the caller has
   made them, says their limits, and removes them. Resource limits bound each process, whatever the
   machine's groups are like; the number of processes they count for each user namespace, which each
   build has of its own (Linux 5.14; before, for each user). */
#include "limits.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "fail.h"

void join_group(const char *folder) {
    int fd = open(text("%s/cgroup.procs", folder), O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1)
        fail_errno("cannot enter the control group %s", folder);
    close(fd);
}

/* Lowers a limit; one that is lower already stays. */
static void lower(__rlimit_resource_t resource, rlim_t soft, rlim_t hard, const char *name) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0)
        fail_errno("cannot ask for the limit of %s", name);
    if (hard < limit.rlim_max)
        limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    if (setrlimit(resource, &limit) < 0)
        fail_errno("cannot limit %s", name);
}

/* No file is longer than the disk is large: a sparse one, whose length costs the builder nothing,
   would keep whoever digests it busy for days. */
static rlim_t longest_file(const struct config *config) {
    struct statvfs disk;
    if (statvfs(config->output_dir, &disk) < 0)
        fail_errno("cannot ask for the size of the disk");
    rlim_t size = (rlim_t)disk.f_blocks * disk.f_frsize;
    if (config->disk && config->disk < size)
        size = config->disk;
    return size;
}

void set_limits(const struct config *config) {
    /* The JVM raises its limit of open files as far as it goes; some programs try to close all. */
    lower(RLIMIT_NOFILE, 1024, 65536, "open files");
    /* What the machine does with a core is root's business, and often a program of root's. */
    lower(RLIMIT_CORE, 0, 0, "core files");
    lower(RLIMIT_FSIZE, RLIM_INFINITY, longest_file(config), "the length of files");
    lower(RLIMIT_MEMLOCK, 8 << 20, 8 << 20, "locked memory");
    lower(RLIMIT_RTPRIO, 0, 0, "real-time priority");
    lower(RLIMIT_NICE, 0, 0, "priority");
    if (config->processes)
        lower(RLIMIT_NPROC, config->processes, config->processes, "processes");
    if (config->data)
        lower(RLIMIT_DATA, config->data, config->data, "memory");
}
