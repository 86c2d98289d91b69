#ifndef BC_STAMPS_H
#define BC_STAMPS_H

#include <stdint.h>

// What a stamp is made of: first how the look at the file ended, then what statx(2) says of it.
enum bc_stamp {
    BC_ENDED, // 0, or errno; BC_IGNORED where nobody looks
    BC_DEVICE,
    BC_INODE,
    BC_MODE,
    BC_SIZE,
    BC_MODIFIED,
    BC_MODIFIED_NANOS,
    BC_CHANGED,
    BC_CHANGED_NANOS,
    BC_STAMP
};

#define BC_IGNORED (-1)

// Looks at 'count' files, whose names follow each other in 'paths', each ended by NUL; the last
// links are followed where 'follow' says so. Without 'differs' it fills 'stamps', BC_STAMP words
// for each. With it, it says there of each file whether its stamp is another one now, and returns
// how many are.
int64_t bc_stamps(const char *paths, const uint8_t *follow, int64_t *stamps, uint8_t *differs,
                  int64_t count);

#endif
