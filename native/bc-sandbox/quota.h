#ifndef BC_SANDBOX_QUOTA_H
#define BC_SANDBOX_QUOTA_H

#include <stdint.h>

/* A project quota: the file system itself refuses what is more than a build may hold (EDQUOT). */
struct quota {
    int folder;       /* on the file system; -1 where there is no quota */
    uint32_t project; /* that the build's files belong to */
    uint64_t limit;   /* bytes */
};

/* Why no project quota can be set on a folder, in words; NULL if nothing is known that prevents it. */
const char *why_no_quota(int folder);

/* Bounds what the folders and all that will be in them may hold together. They and what is in them
   belong to nobody else. Where that is not possible, `folder` of the result is -1. */
struct quota set_quota(const int *folders, int count, uint64_t limit);

/* Whether hardly anything more fits. */
int quota_full(const struct quota *quota);

/* Takes the limit back. The files keep belonging to a project, which bounds nothing any more. */
void lift_quota(const struct quota *quota);

#endif
