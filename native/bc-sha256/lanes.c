#include "sha256.h"

#include "constants.h"

// Sixteen messages at once: each 32-bit lane of a vector of AVX-512 belongs to one of them. One core
// digests twice as much so as with the processor's instructions for SHA-256.

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw")))
#define LANES BC_SHA256_LANES

typedef __m512i vec;

#define ADD _mm512_add_epi32
#define ROTATE _mm512_ror_epi32
#define SHIFT _mm512_srli_epi32
#define XOR3(a, b, c) _mm512_ternarylogic_epi32(a, b, c, 0x96)
#define CHOOSE(e, f, g) _mm512_ternarylogic_epi32(e, f, g, 0xca)
#define MAJORITY(a, b, c) _mm512_ternarylogic_epi32(a, b, c, 0xe8)

#define ROUND(a, b, c, d, e, f, g, h, i, k)                                                        \
    {                                                                                              \
        vec sum = XOR3(ROTATE(e, 6), ROTATE(e, 11), ROTATE(e, 25));                                \
        vec t1 = ADD(ADD(h, ADD(w[i], _mm512_set1_epi32((int)(k)))), ADD(sum, CHOOSE(e, f, g)));   \
        d = ADD(d, t1);                                                                            \
        sum = XOR3(ROTATE(a, 2), ROTATE(a, 13), ROTATE(a, 22));                                    \
        h = ADD(t1, ADD(sum, MAJORITY(a, b, c)));                                                  \
    }

#define SCHEDULE(i)                                                                                \
    {                                                                                              \
        vec x = w[((i) + 1) & 15], y = w[((i) + 14) & 15];                                         \
        vec s0 = XOR3(ROTATE(x, 7), ROTATE(x, 18), SHIFT(x, 3));                                   \
        vec s1 = XOR3(ROTATE(y, 17), ROTATE(y, 19), SHIFT(y, 10));                                 \
        w[i] = ADD(ADD(w[i], w[((i) + 9) & 15]), ADD(s0, s1));                                     \
    }

#define ROUNDS8(i, k)                                                                              \
    ROUND(a, b, c, d, e, f, g, h, (i), BC_SHA256_K[k])                                                       \
    ROUND(h, a, b, c, d, e, f, g, (i) + 1, BC_SHA256_K[(k) + 1])                                             \
    ROUND(g, h, a, b, c, d, e, f, (i) + 2, BC_SHA256_K[(k) + 2])                                             \
    ROUND(f, g, h, a, b, c, d, e, (i) + 3, BC_SHA256_K[(k) + 3])                                             \
    ROUND(e, f, g, h, a, b, c, d, (i) + 4, BC_SHA256_K[(k) + 4])                                             \
    ROUND(d, e, f, g, h, a, b, c, (i) + 5, BC_SHA256_K[(k) + 5])                                             \
    ROUND(c, d, e, f, g, h, a, b, (i) + 6, BC_SHA256_K[(k) + 6])                                             \
    ROUND(b, c, d, e, f, g, h, a, (i) + 7, BC_SHA256_K[(k) + 7])

#define SCHEDULE8(i)                                                                               \
    SCHEDULE(i)                                                                                    \
    SCHEDULE((i) + 1)                                                                              \
    SCHEDULE((i) + 2)                                                                              \
    SCHEDULE((i) + 3)                                                                              \
    SCHEDULE((i) + 4)                                                                              \
    SCHEDULE((i) + 5)                                                                              \
    SCHEDULE((i) + 6)                                                                              \
    SCHEDULE((i) + 7)

// Row i, the next 16 words of message i, becomes column i.
WIDE static inline __attribute__((always_inline)) void transpose(vec r[16]) {
    vec t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
    for (int i = 0; i < 8; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    }
}

WIDE static inline __attribute__((always_inline)) void compress(vec state[8], vec w[16]) {
    vec a = state[0], b = state[1], c = state[2], d = state[3];
    vec e = state[4], f = state[5], g = state[6], h = state[7];
    ROUNDS8(0, 0)
    ROUNDS8(8, 8)
    for (int k = 16; k < 64; k += 16) {
        SCHEDULE8(0)
        ROUNDS8(0, k)
        SCHEDULE8(8)
        ROUNDS8(8, k + 8)
    }
    state[0] = ADD(state[0], a);
    state[1] = ADD(state[1], b);
    state[2] = ADD(state[2], c);
    state[3] = ADD(state[3], d);
    state[4] = ADD(state[4], e);
    state[5] = ADD(state[5], f);
    state[6] = ADD(state[6], g);
    state[7] = ADD(state[7], h);
}

WIDE static void lanes(uint32_t *states, const uint8_t *const *messages, uint64_t length) {
    const vec swap = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
    uint32_t words[8][LANES] __attribute__((aligned(64)));
    for (int lane = 0; lane < LANES; lane++) {
        for (int i = 0; i < 8; i++) {
            words[i][lane] = states[lane * 8 + i];
        }
    }
    vec state[8], w[16];
    for (int i = 0; i < 8; i++) {
        state[i] = _mm512_load_si512(words[i]);
    }
    for (uint64_t at = 0; at < length; at += 64) {
        for (int i = 0; i < LANES; i++) {
            w[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(messages[i] + at), swap);
            // A hint, which may point behind the end.
            _mm_prefetch((const char *)(messages[i] + at + 512), _MM_HINT_T0);
        }
        transpose(w);
        compress(state, w);
    }
    for (int i = 0; i < 8; i++) {
        _mm512_store_si512(words[i], state[i]);
    }
    for (int lane = 0; lane < LANES; lane++) {
        for (int i = 0; i < 8; i++) {
            states[lane * 8 + i] = words[i][lane];
        }
    }
}

int bc_sha256_lanes_available(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

void bc_sha256_lanes(uint32_t *states, const uint8_t *const *messages, uint64_t length) {
    lanes(states, messages, length);
}

#else

int bc_sha256_lanes_available(void) {
    return 0;
}

void bc_sha256_lanes(uint32_t *states, const uint8_t *const *messages, uint64_t length) {
    (void)states;
    (void)messages;
    (void)length;
}

#endif
