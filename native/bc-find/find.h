#ifndef BC_FIND_H
#define BC_FIND_H

#include <stdint.h>

// How many digits a store path's hash part has.
#define BC_FIND_WINDOW 32

// The first position from 'from' on, and before 'to', where a window of digits begins; 'to' if none
// does. The bytes up to to + BC_FIND_WINDOW - 1 may be read. 'digit' tells of each of the 256 bytes
// whether it is one.
int64_t bc_find(const uint8_t *data, const uint8_t *digit, int64_t from, int64_t to);

#endif
