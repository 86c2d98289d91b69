#ifndef BC_SHA256_H
#define BC_SHA256_H

#include <stdint.h>

// The compression function of SHA-256 (FIPS 180-4, section 6.2) by what the processor has for it.
// A state is eight words of 32 bits; beginning with the initial hash value and padding the end are
// left to the caller. Lengths are multiples of 64.

// How many messages are digested at once.
#define BC_SHA256_LANES 16

// Whether this processor can do either.
int bc_sha256_one_available(void);
int bc_sha256_lanes_available(void);

// Goes on with one message.
void bc_sha256_one(uint32_t *state, const uint8_t *message, uint64_t length);

// Goes on with BC_SHA256_LANES messages, each by 'length'. The states follow one another.
void bc_sha256_lanes(uint32_t *states, const uint8_t *const *messages, uint64_t length);

#endif
