#include "sha256.h"

#include <string.h>

// Messages of any length, by the compression function of whole blocks. FIPS 180-4, section 5.

#define BLOCK BC_SHA256_BLOCK
#define LENGTH_BYTES 8

// The fractional parts of the square roots of the first eight primes.
static const uint32_t INITIAL[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

// Digests what is left of a message, less than a block, and its padding.
static void end(uint32_t *state, const uint8_t *rest, uint64_t length, uint8_t *digest) {
    uint8_t last[2 * BLOCK] = {0};
    uint64_t held = length % BLOCK;
    uint64_t size = held + 1 + LENGTH_BYTES <= BLOCK ? BLOCK : 2 * BLOCK;
    memcpy(last, rest, held);
    last[held] = 0x80;
    for (int i = 0; i < LENGTH_BYTES; i++) {
        last[size - 1 - i] = (uint8_t)(length * 8 >> (8 * i));
    }
    bc_sha256_one(state, last, size);
    for (int i = 0; i < BC_SHA256_SIZE; i++) {
        digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void bc_sha256_update(struct bc_sha256 *message, const uint8_t *data, uint64_t offset,
                      uint64_t count) {
    const uint8_t *at = data + offset;
    uint64_t held = message->length % BLOCK;
    message->length += count;
    if (held > 0) {
        uint64_t more = count < BLOCK - held ? count : BLOCK - held;
        memcpy(message->tail + held, at, more);
        if (held + more < BLOCK) {
            return;
        }
        bc_sha256_one(message->state, message->tail, BLOCK);
        at += more;
        count -= more;
    }
    uint64_t whole = count - count % BLOCK;
    bc_sha256_one(message->state, at, whole);
    memcpy(message->tail, at + whole, count - whole);
}

void bc_sha256_finish(const struct bc_sha256 *message, uint8_t *digest) {
    uint32_t state[8];
    memcpy(state, message->state, sizeof state);
    end(state, message->tail, message->length, digest);
}

void bc_sha256_whole(uint8_t *digest, const uint8_t *data, uint64_t offset, uint64_t count) {
    uint32_t state[8];
    memcpy(state, INITIAL, sizeof state);
    uint64_t whole = count - count % BLOCK;
    bc_sha256_one(state, data + offset, whole);
    end(state, data + offset + whole, count, digest);
}
