package org.buildchain.fuse.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.posix.CFunction;

/**
 * Mounting for users who are not root: the set-uid program {@code fusermount3} opens the device,
 * mounts, and passes the descriptor over a Unix socket whose number stands in {@code _FUSE_COMMFD}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 */
public final class Fusermount {
  private static final String PROGRAM = "fusermount3";

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  /** The socket's number in the program. */
  private static final int COMMFD = 3;

  /** {@code sizeof (struct msghdr)} and {@code CMSG_LEN (sizeof (int))}, on 64-bit Linux. */
  private static final int MESSAGE_SIZE = 56;

  private static final int CONTROL_LENGTH = 20;

  /** At least {@code sizeof (posix_spawn_file_actions_t)} of glibc and musl. */
  private static final int ACTIONS_SIZE = 256;

  private Fusermount() {}

  /** Where the program is, if it is installed. */
  public static Optional<Path> find() {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/bin:/bin";
    for (String folder : path.split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, PROGRAM))) {
        return Optional.of(Path.of(folder, PROGRAM));
      }
    }
    return Optional.empty();
  }

  static FuseDevice mount(Path place, String options) throws IOException {
    Path program =
        find().orElseThrow(() -> new IOException(PROGRAM + " is missing: apt-get install fuse3"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CFunction.state(arena);
      MemorySegment pair = arena.allocate(JAVA_INT, 2);
      int made = (int) Sys.SOCKETPAIR.call(state, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair.address());
      if (made != 0) {
        throw new IOException("cannot make a socket: " + Sys.text(CFunction.errno(state)));
      }
      int ours = pair.getAtIndex(JAVA_INT, 0);
      int theirs = pair.getAtIndex(JAVA_INT, 1);
      try {
        int pid;
        try {
          List<String> command = List.of(program.toString(), "-o", options, "--", place.toString());
          pid = spawn(arena, state, command, theirs);
        } finally {
          // Ours alone is left, so that the program's end is the end of the stream.
          Sys.close(theirs);
        }
        int fd = receive(arena, state, ours);
        Sys.WAITPID.call(state, pid, 0, 0);
        if (fd < 0) {
          throw new IOException(
              "cannot mount " + place + ": " + PROGRAM + " refuses (why is in the daemon's log)");
        }
        return FuseDevice.of(fd);
      } finally {
        Sys.close(ours);
      }
    }
  }

  /** Java's own way to start a program passes on no descriptor. */
  private static int spawn(Arena arena, MemorySegment state, List<String> command, int socket)
      throws IOException {
    MemorySegment actions = arena.allocate(ACTIONS_SIZE, 16);
    int result = (int) Sys.SPAWN_ACTIONS.call(state, actions.address());
    if (result == 0) {
      result = (int) Sys.SPAWN_DUP2.call(state, actions.address(), socket, COMMFD);
    }
    MemorySegment pid = arena.allocate(JAVA_INT);
    if (result == 0) {
      result =
          (int)
              Sys.SPAWN.call(
                  state,
                  pid.address(),
                  arena.allocateFrom(command.getFirst()).address(),
                  actions.address(),
                  0,
                  strings(arena, command),
                  strings(
                      arena, List.of("_FUSE_COMMFD=" + COMMFD, "PATH=/usr/sbin:/usr/bin:/bin")));
    }
    Sys.SPAWN_ACTIONS_FREE.call(state, actions.address());
    if (result != 0) {
      throw new IOException("cannot start " + command.getFirst() + ": " + Sys.text(result));
    }
    return pid.get(JAVA_INT, 0);
  }

  private static long strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
    }
    return array.address();
  }

  /** One byte comes, and with it the descriptor; -1 if the program ended without. */
  private static int receive(Arena arena, MemorySegment state, int socket) {
    MemorySegment vector = arena.allocate(16, 8);
    vector.set(ADDRESS, 0, arena.allocate(1));
    vector.set(JAVA_LONG, 8, 1);
    MemorySegment control = arena.allocate(64, 8);
    MemorySegment message = arena.allocate(MESSAGE_SIZE, 8);
    message.set(ADDRESS, 16, vector);
    message.set(JAVA_LONG, 24, 1);
    message.set(ADDRESS, 32, control);
    message.set(JAVA_LONG, 40, control.byteSize());
    long n;
    do {
      n = Sys.RECVMSG.call(state, socket, message.address(), MSG_CMSG_CLOEXEC);
    } while (n < 0 && CFunction.errno(state) == Sys.EINTR);
    boolean passed =
        n == 1
            && message.get(JAVA_LONG, 40) >= CONTROL_LENGTH
            && control.get(JAVA_LONG, 0) == CONTROL_LENGTH
            && control.get(JAVA_INT, 8) == SOL_SOCKET
            && control.get(JAVA_INT, 12) == SCM_RIGHTS;
    return passed ? control.get(JAVA_INT, 16) : -1;
  }
}
