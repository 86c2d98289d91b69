#ifndef BC_SANDBOX_USAGE_H
#define BC_SANDBOX_USAGE_H

#include <stdint.h>

#include "config.h"
#include "quota.h"

/* Bounds how much of the disk the build takes: by a quota, or by watching it. */
struct usage {
    uint64_t limit; /* bytes; 0 for none */
    int folders[3];
    struct quota quota;
    uint64_t free_before; /* bytes of the disk when the last look began */
    uint64_t next_look;   /* milliseconds of the monotonic clock */
};

/* Bounds the folders of a build that has not begun. To be called with the rights of the caller, before
   they are mounted elsewhere. */
void watch_usage(struct usage *usage, const struct config *config);

/* How long to wait before the next call of usage_exceeded, in milliseconds; -1 for ever. */
int usage_interval(const struct usage *usage);

/* Whether the build holds more than its limit. Costs little where nothing suggests that. */
int usage_exceeded(struct usage *usage);

/* The same of a build that has ended, for which the quota is lifted. `failed`: whether it did not do
   what it was to do, for which a full disk may be the reason. */
int end_usage(struct usage *usage, int failed);

#endif
