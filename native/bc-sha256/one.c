#include "sha256.h"

#include "constants.h"

// One message by the processor's instructions for SHA-256. They hold the state's words in the order
// a b e f and c d g h, from the highest lane down (Intel's manual, SHA256RNDS2).

#if defined(__x86_64__)
#include <immintrin.h>

#define NATIVE __attribute__((target("sha,sse4.1,ssse3")))

NATIVE static void one(uint32_t *state, const uint8_t *message, uint64_t length) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
    for (uint64_t at = 0; at < length; at += 64) {
        __m128i abef_before = abef, cdgh_before = cdgh, w[4];
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            __m128i next;
            if (i < 4) {
                next = _mm_loadu_si128((const __m128i *)(message + at) + i);
                next = _mm_shuffle_epi8(next, swap);
            } else {
                next = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
                next = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
            }
            w[i & 3] = next;
            next = _mm_add_epi32(next, _mm_loadu_si128((const __m128i *)BC_SHA256_K + i));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, next);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(next, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
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

#else

int bc_sha256_one_available(void) {
    return 0;
}

void bc_sha256_one(uint32_t *state, const uint8_t *message, uint64_t length) {
    (void)state;
    (void)message;
    (void)length;
}

#endif
