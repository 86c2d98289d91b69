/* The part of Protocol Buffers that daemon.proto needs, by hand, so that the client stays small and
   starts at once. Encoding: protobuf.dev/programming-guides/encoding. */
#ifndef BC_WIRE_H
#define BC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The greatest length of a frame with an environment: a request, and a become. */
#define MAX_FRAME ((size_t)8 << 20)

/* Bytes that grow. Zero-initialised it is empty. */
struct buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
};

/* Makes room for `more` bytes behind the length; ends the program if there is no memory. */
void buffer_reserve(struct buffer *b, size_t more);

/* Appends a field of bytes, or a number (a zero is left out, as proto3 does). */
void put_bytes(struct buffer *b, unsigned field, const void *data, size_t length);
void put_text(struct buffer *b, unsigned field, const char *text);
void put_number(struct buffer *b, unsigned field, uint64_t value);

/* The same, but a zero is written: within a oneof it says which one is set. */
void put_set_number(struct buffer *b, unsigned field, uint64_t value);

/* Fields of ClientFrame, Request, WindowSize and Ran. */
enum { CLIENT_REQUEST = 1, CLIENT_STDIN = 2, CLIENT_STDIN_END = 3, CLIENT_SIGNAL = 4, CLIENT_WINDOW_SIZE = 5, CLIENT_RAN = 6 };
enum {
    REQUEST_BUILD = 1,
    REQUEST_ARGS = 2,
    REQUEST_CWD = 3,
    REQUEST_ENV = 4,
    REQUEST_STDIN_IS_TERMINAL = 5,
    REQUEST_STDOUT_IS_TERMINAL = 6,
    REQUEST_STDERR_IS_TERMINAL = 7,
    REQUEST_COLUMNS = 8,
    REQUEST_PROGRAM = 9
};
enum { WINDOW_SIZE_COLUMNS = 1 };
enum { RAN_STATUS = 1 };
enum { BECOME_PROGRAM = 1, BECOME_ARGS = 2, BECOME_ENV = 3, BECOME_FOLDER = 4, BECOME_SHOWN_AT = 5 };
enum { TERMINAL_MODE_LINES = 0, TERMINAL_MODE_KEYS = 1 };
enum { SIGNAL_INTERRUPT = 1, SIGNAL_TERMINATE = 2 };

/* What a ServerFrame holds; the numbers are the fields'. */
enum server_kind {
    SERVER_NOTHING = 0,
    SERVER_STDOUT = 1,
    SERVER_STDERR = 2,
    SERVER_EXIT = 3,
    SERVER_STDIN_WANTED = 4,
    SERVER_ENDING = 5,
    SERVER_BECOME = 6,
    SERVER_TERMINAL_MODE = 7,
    SERVER_RUN = 8
};

struct server_frame {
    enum server_kind kind;
    const uint8_t *data; /* of stdout, stderr, become and run; within the bytes decoded */
    size_t length;
    uint64_t number; /* of exit and terminal mode */
};

/* What a Become holds, as execve takes it: every text ends with a NUL. `folder` and `shown_at` are
   NULL where they were empty, and `program` is where it is to be this one. */
struct become {
    char *program;
    char **args;
    char **env;
    char *folder;
    char *shown_at;
};

/* Decodes a ServerFrame; unknown fields are passed over. False if the bytes are none. */
bool decode_server_frame(const uint8_t *data, size_t length, struct server_frame *frame);

/* Decodes a Become into memory that is never freed. False if the bytes are none, a text holds a NUL,
   or there are no arguments. */
bool decode_become(const uint8_t *data, size_t length, struct become *become);

#endif
