#include "relay.h"

#include "become.h"
#include "fail.h"
#include "paths.h"
#include "start.h"
#include "terminal.h"
#include "wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t interrupts, terminations, resizes;

/* The first signal asks the daemon to stop the command; the second leaves without its answer. The
   daemon then stops the command because its client is gone. */
static void on_signal(int number)
{
    if (number == SIGWINCH) {
        resizes = 1;
    } else if (number == SIGINT ? interrupts++ : terminations++) {
        set_terminal_keys(false);
        _exit(128 + number);
    }
}

static sigset_t outside;

/* Signals come only while this program waits or writes output, and end both with EINTR. */
static void catch_signals(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGWINCH};
    static bool done;
    sigset_t set;
    if (done)
        return;
    done = true;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaddset(&set, caught[i]);
    sigprocmask(SIG_BLOCK, &set, &outside);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction action = {.sa_handler = on_signal}, before;
        sigaction(caught[i], NULL, &before);
        if (before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

static unsigned columns(void)
{
    struct winsize size;
    for (int fd = 2; fd >= 0; fd--)
        if (ioctl(fd, TIOCGWINSZ, &size) == 0)
            return size.ws_col;
    return 0;
}

static void send_all(int fd, const uint8_t *data, size_t length)
{
    while (length) {
        ssize_t n = send(fd, data, length, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            if (errno == EPIPE || errno == ECONNRESET)
                return; /* what the daemon said last is still to be read */
            fail_errno("cannot speak to the daemon");
        }
        data += n;
        length -= (size_t)n;
    }
}

static void send_frame(int fd, const struct buffer *frame)
{
    uint32_t n = (uint32_t)frame->length;
    uint8_t header[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    send_all(fd, header, sizeof header);
    send_all(fd, frame->data, frame->length);
}

static void send_nested(int fd, unsigned field, const struct buffer *message)
{
    struct buffer frame = {0};
    put_bytes(&frame, field, message->data, message->length);
    send_frame(fd, &frame);
    free(frame.data);
}

static void send_request(int fd, const char *program, char *const *args)
{
    struct buffer request = {0};
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd))
        fail_errno("cannot tell the working folder");
    put_text(&request, REQUEST_BUILD, own_build());
    for (; *args; args++)
        put_text(&request, REQUEST_ARGS, *args);
    put_text(&request, REQUEST_CWD, cwd);
    for (char **e = environ; *e; e++)
        put_text(&request, REQUEST_ENV, *e);
    put_number(&request, REQUEST_STDIN_IS_TERMINAL, (uint64_t)isatty(0));
    put_number(&request, REQUEST_STDOUT_IS_TERMINAL, (uint64_t)isatty(1));
    put_number(&request, REQUEST_STDERR_IS_TERMINAL, (uint64_t)isatty(2));
    put_number(&request, REQUEST_COLUMNS, columns());
    put_text(&request, REQUEST_PROGRAM, program);
    if (request.length > MAX_FRAME - 16)
        fail("arguments and environment are longer than %zu bytes", MAX_FRAME - 16);
    send_nested(fd, CLIENT_REQUEST, &request);
    free(request.data);
}

static void send_signals(int fd)
{
    static int interrupt_sent, termination_sent;
    struct buffer frame = {0};
    if (interrupts && !interrupt_sent) {
        interrupt_sent = 1;
        put_set_number(&frame, CLIENT_SIGNAL, SIGNAL_INTERRUPT);
        send_frame(fd, &frame);
    }
    if (terminations && !termination_sent) {
        termination_sent = 1;
        frame.length = 0;
        put_set_number(&frame, CLIENT_SIGNAL, SIGNAL_TERMINATE);
        send_frame(fd, &frame);
    }
    if (resizes) {
        struct buffer size = {0};
        resizes = 0;
        put_number(&size, WINDOW_SIZE_COLUMNS, columns());
        send_nested(fd, CLIENT_WINDOW_SIZE, &size);
        free(size.data);
    }
    free(frame.data);
}

/* False at the input's end. */
static bool send_input(int fd)
{
    uint8_t bytes[1 << 16];
    struct buffer frame = {0};
    ssize_t n = read(0, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (n > 0)
        put_bytes(&frame, CLIENT_STDIN, bytes, (size_t)n);
    else
        put_bytes(&frame, CLIENT_STDIN_END, NULL, 0);
    send_frame(fd, &frame);
    free(frame.data);
    return n > 0;
}

/* Signals are let in: a terminal that is held, or a slow reader, must not keep Ctrl-C away. */
static void write_output(int fd, int to, const uint8_t *data, size_t length)
{
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, &outside, &blocked);
    while (length) {
        ssize_t n = write(to, data, length);
        if (n < 0) {
            if (errno == EAGAIN) {
                poll(&(struct pollfd){.fd = to, .events = POLLOUT}, 1, -1);
            } else if (errno != EINTR) {
                if (to == 2)
                    break;
                fail_errno("cannot write to standard output");
            }
            n = 0;
        }
        data += n;
        length -= (size_t)n;
        send_signals(fd);
    }
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

struct session {
    int fd;
    bool may_become;
    bool may_run;
    bool keys;
    struct buffer received;
    bool input_wanted;
    bool done;
    int status;
};

static void await_end(int fd)
{
    uint8_t bytes[256];
    ssize_t n;
    do
        n = read(fd, bytes, sizeof bytes);
    while (n > 0 || (n < 0 && errno == EINTR && !interrupts));
}

static void run_here(struct session *s, const struct server_frame *frame)
{
    struct buffer ran = {0};
    set_terminal_keys(false);
    unsigned status = run_program(s->fd, frame->data, frame->length, &outside);
    set_terminal_keys(s->keys);
    put_number(&ran, RAN_STATUS, status);
    send_nested(s->fd, CLIENT_RAN, &ran);
    free(ran.data);
}

static void handle(struct session *s, const uint8_t *data, size_t length)
{
    struct server_frame frame;
    if (!decode_server_frame(data, length, &frame) || (frame.kind == SERVER_BECOME && !s->may_become) ||
        (frame.kind == SERVER_RUN && !s->may_run))
        fail("the daemon of '%s' does not speak this client's protocol; stop it with 'bc daemon stop'",
             store_root());
    switch (frame.kind) {
    case SERVER_STDOUT:
        write_output(s->fd, 1, frame.data, frame.length);
        break;
    case SERVER_STDERR:
        write_output(s->fd, 2, frame.data, frame.length);
        break;
    case SERVER_EXIT:
        s->done = true;
        s->status = (int)(frame.number & 0xff);
        break;
    case SERVER_STDIN_WANTED:
        s->input_wanted = true;
        break;
    case SERVER_ENDING:
        await_end(s->fd);
        s->done = true;
        s->status = RELAY_ENDED;
        break;
    case SERVER_BECOME:
        sigprocmask(SIG_SETMASK, &outside, NULL);
        become(s->fd, frame.data, frame.length);
    case SERVER_TERMINAL_MODE:
        s->keys = frame.number == TERMINAL_MODE_KEYS;
        set_terminal_keys(s->keys);
        break;
    case SERVER_RUN:
        run_here(s, &frame);
        break;
    case SERVER_NOTHING:
        break;
    }
}

static void handle_received(struct session *s)
{
    size_t at = 0;
    struct buffer *b = &s->received;
    while (!s->done && b->length - at >= 4) {
        const uint8_t *h = b->data + at;
        size_t length = (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
        if (length > MAX_FRAME)
            fail("the daemon of '%s' sent a frame of %zu bytes; at most %zu are expected", store_root(),
                 length, MAX_FRAME);
        if (b->length - at - 4 < length)
            break;
        handle(s, h + 4, length);
        at += 4 + length;
    }
    b->length -= at;
    memmove(b->data, b->data + at, b->length);
}

static void receive(struct session *s)
{
    buffer_reserve(&s->received, 1 << 16);
    ssize_t n = recv(s->fd, s->received.data + s->received.length, 1 << 16, 0);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0)
        fail("the daemon of '%s' has gone away before the command ended; its log is '%s/daemon/log' (where that does not say why, it was killed: maybe for want of memory, see 'bc doctor')",
             store_root(), store_root());
    s->received.length += (size_t)n;
    handle_received(s);
}

/* Whether the user has asked for a program to be run here: see become.c. */
static bool is_to_become(const char *program, char *const *args)
{
    static const char *const commands[] = {"run", "shell", "develop", "env", "fmt", "edit"};
    if (strcmp(program, "nix-shell") == 0)
        return true;
    if (strncmp(program, "nix-", 4) == 0 || !args[0])
        return false;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(args[0], commands[i]) == 0)
            return true;
    return false;
}

/* Whether programs may be run for it: see become.c. */
static bool is_to_run(const char *program, char *const *args)
{
    return strncmp(program, "nix-", 4) != 0 && args[0] && strcmp(args[0], "repl") == 0;
}

int relay(int fd, const char *program, char *const *args)
{
    struct session s = {.fd = fd, .may_become = is_to_become(program, args), .may_run = is_to_run(program, args)};
    catch_signals();
    send_request(fd, program, args);
    while (!s.done) {
        struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
        int n = ppoll(fds, s.input_wanted ? 2 : 1, NULL, &outside);
        if (n < 0 && errno != EINTR)
            fail_errno("cannot wait for the daemon");
        send_signals(fd);
        if (n > 0 && s.input_wanted && fds[1].revents)
            s.input_wanted = send_input(fd);
        if (n > 0 && fds[0].revents)
            receive(&s);
    }
    set_terminal_keys(false);
    free(s.received.data);
    close(fd);
    return s.status;
}
