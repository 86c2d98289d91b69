#include "sha256.h"

#include "constants.h"

// One message, or two in turns, by the processor's instructions for SHA-256. They hold the state's
// words in the order a b e f and c d g h, from the highest lane down (Intel's manual, SHA256RNDS2).
// Where they take longer than it takes to begin the next, two messages cost less than twice as much
// as one: 1.4 times on AMD's Zen 5.

#if defined(__x86_64__)
#include <immintrin.h>

#define NATIVE __attribute__((target("sha,sse4.1,ssse3")))

// Goes on with as many messages as 'count' says, a constant.
NATIVE static inline __attribute__((always_inline)) void run(
    int count, uint32_t *const *states, const uint8_t *const *messages, uint64_t length) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i abef[2], cdgh[2];
#pragma GCC unroll 2
    for (int m = 0; m < count; m++) {
        const __m128i *state = (const __m128i *)states[m];
        __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(state), 0xb1);
        __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(state + 1), 0x1b);
        abef[m] = _mm_alignr_epi8(badc, hgfe, 8);
        cdgh[m] = _mm_blend_epi16(hgfe, badc, 0xf0);
    }
    for (uint64_t at = 0; at < length; at += 64) {
        __m128i abef_before[2], cdgh_before[2], w[2][4];
#pragma GCC unroll 2
        for (int m = 0; m < count; m++) {
            abef_before[m] = abef[m];
            cdgh_before[m] = cdgh[m];
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
#pragma GCC unroll 2
            for (int m = 0; m < count; m++) {
                __m128i *v = w[m], next;
                if (i < 4) {
                    next = _mm_loadu_si128((const __m128i *)(messages[m] + at) + i);
                    next = _mm_shuffle_epi8(next, swap);
                } else {
                    next = _mm_sha256msg1_epu32(v[i & 3], v[(i + 1) & 3]);
                    next = _mm_add_epi32(next, _mm_alignr_epi8(v[(i + 3) & 3], v[(i + 2) & 3], 4));
                    next = _mm_sha256msg2_epu32(next, v[(i + 3) & 3]);
                }
                v[i & 3] = next;
                next = _mm_add_epi32(next, _mm_loadu_si128((const __m128i *)BC_SHA256_K + i));
                cdgh[m] = _mm_sha256rnds2_epu32(cdgh[m], abef[m], next);
                abef[m] = _mm_sha256rnds2_epu32(abef[m], cdgh[m], _mm_shuffle_epi32(next, 0x0e));
            }
        }
#pragma GCC unroll 2
        for (int m = 0; m < count; m++) {
            abef[m] = _mm_add_epi32(abef[m], abef_before[m]);
            cdgh[m] = _mm_add_epi32(cdgh[m], cdgh_before[m]);
        }
    }
#pragma GCC unroll 2
    for (int m = 0; m < count; m++) {
        __m128i *state = (__m128i *)states[m];
        __m128i feba = _mm_shuffle_epi32(abef[m], 0x1b);
        __m128i dchg = _mm_shuffle_epi32(cdgh[m], 0xb1);
        _mm_storeu_si128(state, _mm_blend_epi16(feba, dchg, 0xf0));
        _mm_storeu_si128(state + 1, _mm_alignr_epi8(dchg, feba, 8));
    }
}

NATIVE static void one(uint32_t *state, const uint8_t *message, uint64_t length) {
    run(1, &state, &message, length);
}

NATIVE static void two(uint32_t *const *states, const uint8_t *const *messages, uint64_t length) {
    run(2, states, messages, length);
}

int bc_sha256_one_available(void) {
    unsigned eax = 7, ebx = 0, ecx = 0, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    __builtin_cpu_init();
    return (ebx >> 29 & 1) && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

void bc_sha256_one(uint32_t *state, const uint8_t *message, uint64_t length) {
    one(state, message, length);
}

void bc_sha256_two(uint32_t *states, const uint8_t *const *messages, uint64_t length) {
    two((uint32_t *[]){states, states + 8}, messages, length);
}

#else

int bc_sha256_one_available(void) {
    return 0;
}

void bc_sha256_one(uint32_t *state, const uint8_t *message, uint64_t length) {
    (void)state;
    (void)message;
    (void)length;
}

void bc_sha256_two(uint32_t *states, const uint8_t *const *messages, uint64_t length) {
    (void)states;
    (void)messages;
    (void)length;
}

#endif
