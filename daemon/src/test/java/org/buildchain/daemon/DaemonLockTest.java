package org.buildchain.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonLockTest {
  @TempDir private Path folder;

  /** Another process: holds the lock until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (DaemonLock _ = DaemonLock.take(Path.of(args[0]), Path.of(args[1]))) {
        System.out.println("held");
        System.in.read();
      }
    }
  }

  private Path file() {
    return folder.resolve("lock");
  }

  private Path socket() {
    return folder.resolve("socket");
  }

  private Process hold() throws IOException {
    Process holder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file().toString(),
                socket().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("held", holder.inputReader().readLine());
    return holder;
  }

  @Test
  void aDaemonThatEndsIsWaitedFor() throws Exception {
    Process holder = hold();
    CompletableFuture<DaemonLock> taken =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return DaemonLock.take(file(), socket());
              } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
              }
            });
    holder.outputWriter().close();
    taken.get().close();
    assertEquals(0, holder.waitFor());
  }

  @Test
  void aDaemonThatServesIsNot() throws Exception {
    Process holder = hold();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket()));
      IOException e =
          assertThrows(IOException.class, () -> DaemonLock.take(file(), socket()).close());
      assertTrue(e.getMessage().startsWith("another daemon serves this store"), e.getMessage());
    } finally {
      holder.outputWriter().close();
      holder.waitFor();
    }
  }
}
