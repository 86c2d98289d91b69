package org.buildchain.chain.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.chain.abi.Address;

/** A chain of one node on this machine, made by Foundry's {@code anvil}. Closing it ends it. */
public final class LocalChain implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("Listening on (127\\.0\\.0\\.1:\\d+)");
  private static final int MAX_LINES = 500;

  private final Process process;
  private final URI url;

  /**
   * How to start it.
   *
   * @param anvil the program
   * @param port where to listen on 127.0.0.1; 0 takes a free one
   * @param blockTime seconds between blocks; without it each transaction makes a block
   * @param state a file that the chain is kept in from one start to the next
   */
  public record Options(Path anvil, int port, Optional<Integer> blockTime, Optional<Path> state) {}

  /**
   * Starts it and waits until it answers.
   *
   * @throws IOException if it does not start
   */
  public LocalChain(Options options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(options.anvil().toString());
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(options.port())));
    options.blockTime().ifPresent(s -> command.addAll(List.of("--block-time", s.toString())));
    options.state().ifPresent(f -> command.addAll(List.of("--state", f.toString(), "-s", "1")));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      url = URI.create("http://" + listening(out));
    } catch (IOException e) {
      process.destroy();
      throw e;
    }
    // It would stop when nobody takes what it writes.
    Thread.ofVirtual()
        .name("anvil output")
        .start(
            () -> {
              try (out) {
                while (out.readLine() != null) {
                  continue;
                }
              } catch (IOException e) {
                // It has ended.
              }
            });
  }

  private static String listening(BufferedReader out) throws IOException {
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < MAX_LINES; i++) {
      String line = out.readLine();
      if (line == null) {
        break;
      }
      Matcher m = LISTENING.matcher(line);
      if (m.find()) {
        return m.group(1);
      }
      said.append(line).append('\n');
    }
    throw new IOException("anvil did not start: " + said.toString().strip());
  }

  /** Where it answers. */
  public URI url() {
    return url;
  }

  /**
   * The account that deploys and funds: the first that anvil derives from its well-known words,
   * worthless anywhere else. The node holds its key.
   */
  public static Address rich() {
    return Address.parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  }

  /**
   * Waits for it to end by itself.
   *
   * @return whether it did within that time
   */
  public boolean await(Duration time) throws InterruptedException {
    return process.waitFor(time);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
