#ifndef BC_SHA256_H
#define BC_SHA256_H

#include <stdint.h>

// How many messages are digested at once.
#define BC_SHA256_LANES 16

// Whether this processor can.
int bc_sha256_available(void);

// Digests BC_SHA256_LANES messages of the same length, a multiple of 64. The digests of 32 bytes
// each follow one another.
void bc_sha256(const uint8_t *const *messages, uint64_t length, uint8_t *digests);

#endif
