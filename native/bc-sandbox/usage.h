#ifndef BC_SANDBOX_USAGE_H
#define BC_SANDBOX_USAGE_H

#include <stdint.h>

#include "config.h"

/* Watches how much of the disk the build takes. */
struct usage {
    uint64_t limit; /* bytes; 0 for none */
    int folders[3];
    uint64_t free_before; /* bytes of the disk when the last look began */
    uint64_t next_look;   /* milliseconds of the monotonic clock */
};

/* Begins to watch the folders of a build that has not begun. To be called before they are mounted
   elsewhere. */
void watch_usage(struct usage *usage, const struct config *config);

/* How long to wait before the next call of usage_exceeded, in milliseconds; -1 for ever. */
int usage_interval(const struct usage *usage);

/* Whether the build holds more than its limit. Costs little where nothing suggests that. `last`:
   the build has ended, so that it's now or never. */
int usage_exceeded(struct usage *usage, int last);

#endif
