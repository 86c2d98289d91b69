/* What is attacked: a process that holds a secret in its memory and in a file, listens on sockets
   of all kinds, and has shared memory, a semaphore and a queue. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "escape.h"

static char secret[] = "secret";

static void must(int well, const char *what) {
    if (!well) {
        perror(what);
        exit(2);
    }
}

static int listen_at(const struct sockaddr *address, socklen_t length, int type) {
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0);
    must(fd >= 0 && bind(fd, address, length) == 0, "bind");
    must(type != SOCK_STREAM || listen(fd, 16) == 0, "listen");
    return fd;
}

static int listen_unix(const char *name, int hidden) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    must(strlen(name) + 2 < sizeof address.sun_path, "the folder's name is too long");
    strcpy(address.sun_path + hidden, name);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + hidden + strlen(name));
    return listen_at((struct sockaddr *)&address, length, SOCK_STREAM);
}

/* Takes what whoever connects passes on; that it could be passed is what counts. */
static void serve_abstract(int listener) {
    int fd = accept(listener, NULL, NULL);
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (fd < 0 || poll(&ready, 1, 200) != 1 || recvmsg(fd, &message, 0) <= 0)
        return;
    close(fd);
}

int be_victim(const char *folder) {
    char *hidden = text("bc-escape-%d", getpid());
    must(chdir(folder) == 0, folder);
    must(mkdir("builds", 0700) == 0, "builds");
    must(write_file("secret", 0600) && write_file("precious", 0600), "secret");

    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int tcp = listen_at((struct sockaddr *)&loopback, sizeof loopback, SOCK_STREAM);
    socklen_t length = sizeof loopback;
    getsockname(tcp, (struct sockaddr *)&loopback, &length);
    int udp = listen_at((struct sockaddr *)&loopback, sizeof loopback, SOCK_DGRAM);
    int abstract = listen_unix(hidden, 1);
    int named = listen_unix("socket", 0);

    key_t key = (key_t)(0x65730000 + getpid() % 65536);
    int memory = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
    int semaphore = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
    char *queue = text("/%s", hidden);
    mqd_t messages = mq_open(queue, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
    must(memory >= 0 && semaphore >= 0 && messages >= 0, "shared memory, semaphore, queue");
    must(write_file(text("/dev/shm%s", queue), 0600), "/dev/shm");

    char host[256] = "";
    gethostname(host, sizeof host - 1);
    FILE *facts = fopen("facts.new", "w");
    must(facts != NULL, "facts");
    fprintf(facts,
            "VICTIM=%d\nADDRESS=%ld\nHOSTDIR=%s\nSECRET=%s/secret\nPRECIOUS=%s/precious\n"
            "SOCKET=%s/socket\nABSTRACT=%s\nPORT=%d\nSHMKEY=%d\nMQUEUE=%s\nHOSTNAME='%s'\n",
            getpid(), (long)secret, folder, folder, folder, folder, hidden,
            ntohs(loopback.sin_port), (int)key, queue, host);
    must(fclose(facts) == 0 && rename("facts.new", "facts") == 0, "facts");
    puts("ready");
    fflush(stdout);

    struct pollfd all[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = tcp, .events = POLLIN},
                           {.fd = udp, .events = POLLIN},
                           {.fd = abstract, .events = POLLIN},
                           {.fd = named, .events = POLLIN}};
    for (;;) {
        poll(all, 5, -1);
        char byte;
        if (all[0].revents && read(STDIN_FILENO, &byte, 1) <= 0)
            break;
        if (all[1].revents)
            close(accept(tcp, NULL, NULL));
        if (all[4].revents)
            close(accept(named, NULL, NULL));
        if (all[3].revents)
            serve_abstract(abstract);
        struct sockaddr_in from;
        length = sizeof from;
        if (all[2].revents && recvfrom(udp, &byte, 1, 0, (struct sockaddr *)&from, &length) >= 0)
            sendto(udp, &byte, 1, 0, (struct sockaddr *)&from, length);
    }
    shmctl(memory, IPC_RMID, NULL);
    semctl(semaphore, 0, IPC_RMID);
    mq_unlink(queue);
    unlink(text("/dev/shm%s", queue));
    return 0;
}
