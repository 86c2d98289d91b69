#ifndef BC_SHA256_H
#define BC_SHA256_H

#include <stdint.h>

// SHA-256 (FIPS 180-4, section 6.2) by what the processor has for it.

// How many messages are digested at once.
#define BC_SHA256_LANES 16

#define BC_SHA256_BLOCK 64
#define BC_SHA256_SIZE 32

// A message that comes in pieces. It begins with the initial hash value and a length of 0; the
// caller has it as 13 words of 64 bits.
struct bc_sha256 {
    uint32_t state[8];
    // The message's last bytes, which are no whole block.
    uint8_t tail[BC_SHA256_BLOCK];
    uint64_t length;
};

// Whether this processor can digest one message, or several at once.
int bc_sha256_one_available(void);
int bc_sha256_lanes_available(void);

// Goes on with a state by whole blocks.
void bc_sha256_one(uint32_t *state, const uint8_t *message, uint64_t length);

// Goes on with two states, each by 'length' bytes of its message, a multiple of 64. The second state
// follows the first.
void bc_sha256_two(uint32_t *states, const uint8_t *const *messages, uint64_t length);

// The same for BC_SHA256_LANES states and messages.
void bc_sha256_lanes(uint32_t *states, const uint8_t *const *messages, uint64_t length);

// Goes on with a message by 'count' bytes of 'data' from 'offset'.
void bc_sha256_update(struct bc_sha256 *message, const uint8_t *data, uint64_t offset,
                      uint64_t count);

// Gives the digest of a message that has come.
void bc_sha256_finish(const struct bc_sha256 *message, uint8_t *digest);

// Gives the digest of 'count' bytes of 'data' from 'offset'.
void bc_sha256_whole(uint8_t *digest, const uint8_t *data, uint64_t offset, uint64_t count);

#endif
