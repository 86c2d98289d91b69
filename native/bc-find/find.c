#include "find.h"

// A window is looked at from its end: behind a byte that is no digit the next one may begin. So of
// most data one byte of thirty is looked at, and none more than a few times.
int64_t bc_find(const uint8_t *data, const uint8_t *digit, int64_t from, int64_t to) {
    int64_t at = from;
    while (at < to) {
        int64_t bad = at + BC_FIND_WINDOW - 1;
        while (bad >= at && digit[data[bad]]) {
            bad--;
        }
        if (bad < at) {
            return at;
        }
        at = bad + 1;
    }
    return to;
}
