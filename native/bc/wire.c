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

/* A field of a message. */
struct field {
    uint64_t name;
    unsigned type;
    uint64_t number;      /* of TYPE_VARINT */
    const uint8_t *bytes; /* of TYPE_BYTES */
    size_t length;
};

static bool get_field(struct reader *r, struct field *field)
{
    uint64_t tag;
    *field = (struct field){0};
    if (!get_varint(r, &tag) || tag >> 3 == 0)
        return false;
    field->name = tag >> 3;
    field->type = tag & 7;
    switch (field->type) {
    case TYPE_VARINT:
        return get_varint(r, &field->number);
    case TYPE_BYTES:
        return get_bytes(r, &field->bytes, &field->length);
    case TYPE_FIXED64:
        return skip(r, 8);
    case TYPE_FIXED32:
        return skip(r, 4);
    default:
        return false;
    }
}

bool decode_server_frame(const uint8_t *data, size_t length, struct server_frame *frame)
{
    struct reader r = {data, data + length};
    *frame = (struct server_frame){.kind = SERVER_NOTHING};
    while (r.at < r.end) {
        struct field f;
        if (!get_field(&r, &f))
            return false;
        bool is_number = f.name == SERVER_EXIT || f.name == SERVER_TERMINAL_MODE;
        if (f.name <= SERVER_RUN && f.type == (is_number ? TYPE_VARINT : TYPE_BYTES))
            *frame = (struct server_frame){(enum server_kind)f.name, f.bytes, f.length, f.number};
    }
    return true;
}

static char *copy_text(const struct field *f)
{
    if (memchr(f->bytes, 0, f->length))
        return NULL;
    char *text = malloc(f->length + 1);
    if (!text)
        fail("out of memory");
    memcpy(text, f->bytes, f->length);
    text[f->length] = 0;
    return text;
}

static bool append(char ***list, size_t *count, char *text)
{
    if (!text)
        return false;
    /* Room for a power of two and the NULL at the end. */
    if ((*count & (*count - 1)) == 0) {
        *list = realloc(*list, (2 * *count + 2) * sizeof **list);
        if (!*list)
            fail("out of memory");
    }
    (*list)[(*count)++] = text;
    (*list)[*count] = NULL;
    return true;
}

bool decode_become(const uint8_t *data, size_t length, struct become *become)
{
    struct reader r = {data, data + length};
    size_t args = 0, env = 0;
    *become = (struct become){.args = calloc(1, sizeof(char *)), .env = calloc(1, sizeof(char *))};
    if (!become->args || !become->env)
        fail("out of memory");
    while (r.at < r.end) {
        struct field f;
        bool ok = true;
        if (!get_field(&r, &f))
            return false;
        if (f.type != TYPE_BYTES)
            continue;
        switch (f.name) {
        case BECOME_PROGRAM:
            ok = (become->program = copy_text(&f));
            break;
        case BECOME_ARGS:
            ok = append(&become->args, &args, copy_text(&f));
            break;
        case BECOME_ENV:
            ok = append(&become->env, &env, copy_text(&f));
            break;
        case BECOME_FOLDER:
            ok = (become->folder = copy_text(&f));
            break;
        case BECOME_SHOWN_AT:
            ok = (become->shown_at = copy_text(&f));
            break;
        }
        if (!ok)
            return false;
    }
    return become->args[0] != NULL && !become->folder == !become->shown_at;
}
