package org.buildchain.chain.wallet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.buildchain.chain.abi.Address;
import org.buildchain.store.format.FormatException;

/**
 * A folder of encrypted keys, named as geth names them ({@code UTC--time--address}), so that other
 * wallets can use it. Files are readable by their owner only.
 */
public final class Wallets {
  private static final Pattern NAME = Pattern.compile("UTC--.{1,40}--([0-9a-f]{40})");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final int MAX_FILE = 1 << 16;

  private final Path folder;
  private final Clock clock;

  /**
   * The wallets of a folder, which need not exist yet.
   *
   * @param clock gives the time in the names of new files
   */
  public Wallets(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /** The accounts whose keys are here, with the files. */
  public SortedMap<Address, Path> list() throws IOException {
    SortedMap<Address, Path> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .sorted()
          .forEach(
              file -> {
                Matcher m = NAME.matcher(file.getFileName().toString());
                if (m.matches()) {
                  found.putIfAbsent(new Address(HexFormat.of().parseHex(m.group(1))), file);
                }
              });
    } catch (NoSuchFileException e) {
      // There are none yet.
    }
    return found;
  }

  /**
   * The text of an account's file.
   *
   * @param which an address, or the beginning of one; empty if there is one account only
   * @throws FormatException if that is none or more than one
   */
  public String file(String which) throws IOException {
    String wanted = which.toLowerCase(Locale.ROOT);
    SortedMap<Address, Path> all = list();
    Optional<Path> found = Optional.empty();
    for (var entry : all.entrySet()) {
      String name = entry.getKey().toString().toLowerCase(Locale.ROOT);
      if (name.startsWith(wanted)) {
        if (found.isPresent()) {
          throw new FormatException(
              which.isEmpty() ? "there are several wallets" : "several wallets begin with " + which,
              "'--wallet' chooses one of "
                  + String.join(", ", all.keySet().stream().map(Address::toString).toList()));
        }
        found = Optional.of(entry.getValue());
      }
    }
    if (found.isEmpty()) {
      throw new FormatException(
          which.isEmpty() ? "there is no wallet" : "there is no wallet " + which,
          "'bc wallet new' makes one");
    }
    return read(found.get());
  }

  /** A key file's text, of this folder or any other. */
  public static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FILE), StandardCharsets.UTF_8);
    }
  }

  /**
   * Keeps an account's file.
   *
   * @param text encrypted, as {@link Keystore#encrypt} makes it
   * @throws FormatException if there is one of the same account
   */
  public Path add(Address address, String text) throws IOException {
    if (list().containsKey(address)) {
      throw new FormatException("wallet " + address, "is here already");
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String name =
        "UTC--" + TIME.format(clock.instant()) + "--" + HexFormat.of().formatHex(address.bytes());
    Path next = folder.resolve("." + name + ".new");
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    try (FileChannel out = FileChannel.open(next, options, owner)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    return Files.move(next, folder.resolve(name));
  }
}
