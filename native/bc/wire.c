#include "wire.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_VARINT = 0, TYPE_FIXED64 = 1, TYPE_BYTES = 2, TYPE_FIXED32 = 5 };

void buffer_reserve(struct buffer *b, size_t more)
{
    if (more > SIZE_MAX / 4 || b->length > SIZE_MAX / 4)
        fail("out of memory");
    size_t need = b->length + more;
    if (need <= b->capacity)
        return;
    size_t capacity = b->capacity ? b->capacity : 4096;
    while (capacity < need)
        capacity *= 2;
    uint8_t *data = realloc(b->data, capacity);
    if (!data)
        fail("out of memory");
    b->data = data;
    b->capacity = capacity;
}

static void put_varint(struct buffer *b, uint64_t value)
{
    buffer_reserve(b, 10);
    while (value >= 0x80) {
        b->data[b->length++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    b->data[b->length++] = (uint8_t)value;
}

void put_bytes(struct buffer *b, unsigned field, const void *data, size_t length)
{
    put_varint(b, (uint64_t)field << 3 | TYPE_BYTES);
    put_varint(b, length);
    buffer_reserve(b, length);
    if (length)
        memcpy(b->data + b->length, data, length);
    b->length += length;
}

void put_text(struct buffer *b, unsigned field, const char *text)
{
    put_bytes(b, field, text, strlen(text));
}

void put_set_number(struct buffer *b, unsigned field, uint64_t value)
{
    put_varint(b, (uint64_t)field << 3 | TYPE_VARINT);
    put_varint(b, value);
}

void put_number(struct buffer *b, unsigned field, uint64_t value)
{
    if (value)
        put_set_number(b, field, value);
}

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static bool get_varint(struct reader *r, uint64_t *value)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (r->at == r->end)
            return false;
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1)
            return false;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = v;
            return true;
        }
    }
    return false;
}

static bool get_bytes(struct reader *r, const uint8_t **data, size_t *length)
{
    uint64_t n;
    if (!get_varint(r, &n) || n > (uint64_t)(r->end - r->at))
        return false;
    *data = r->at;
    *length = (size_t)n;
    r->at += n;
    return true;
}

static bool skip(struct reader *r, size_t n)
{
    if ((size_t)(r->end - r->at) < n)
        return false;
    r->at += n;
    return true;
}

bool decode_server_frame(const uint8_t *data, size_t length, struct server_frame *frame)
{
    struct reader r = {data, data + length};
    *frame = (struct server_frame){.kind = SERVER_NOTHING};
    while (r.at < r.end) {
        uint64_t tag, number = 0;
        const uint8_t *bytes = NULL;
        size_t count = 0;
        if (!get_varint(&r, &tag) || tag >> 3 == 0)
            return false;
        bool ok;
        switch (tag & 7) {
        case TYPE_VARINT:
            ok = get_varint(&r, &number);
            break;
        case TYPE_BYTES:
            ok = get_bytes(&r, &bytes, &count);
            break;
        case TYPE_FIXED64:
            ok = skip(&r, 8);
            break;
        case TYPE_FIXED32:
            ok = skip(&r, 4);
            break;
        default:
            ok = false;
        }
        if (!ok)
            return false;
        uint64_t field = tag >> 3;
        bool known = field == SERVER_EXIT ? (tag & 7) == TYPE_VARINT
                                          : field <= SERVER_ENDING && (tag & 7) == TYPE_BYTES;
        if (known)
            *frame = (struct server_frame){(enum server_kind)field, bytes, count, number};
    }
    return true;
}
