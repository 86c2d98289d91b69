package org.buildchain.daemon.nix.hash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.tree.DiskTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nix-hash}. Source: Nix manual, "nix-hash"; {@code compatNixHash} in {@code hash.cc}. */
@Command(
    name = "nix-hash",
    description = "Prints the digest of files and folders, or converts digests.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-hash ./src                              of its NAR, MD5 in base 16",
      "  nix-hash --type sha256 --base32 --flat x.gz of the file itself",
      "  nix-hash --type sha256 --to-sri 0ssi1wp...    the same digest in another form"
    })
public final class NixHash extends NixCommand {
  /** The length of a digest that was folded, in bytes. */
  private static final int TRUNCATED = 20;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Files and folders; with --to-...: digests.")
  private List<String> given = new ArrayList<>();

  @Option(names = "--flat", description = "Digest the file itself, not its NAR.")
  private boolean flat;

  @Option(names = "--base16", description = "Print base 16 (the default).")
  boolean base16;

  @Option(names = "--base32", description = "Print Nix's base 32.")
  private boolean base32;

  @Option(names = "--base64", description = "Print base 64.")
  private boolean base64;

  @Option(names = "--sri", description = "Print the form of Subresource Integrity.")
  private boolean sri;

  @Option(names = "--truncate", description = "Fold a longer digest to 160 bits.")
  private boolean truncate;

  @Option(
      names = "--type",
      paramLabel = "NAME",
      description = "md5 (the default), sha1, sha256 or sha512.")
  private Optional<String> type = Optional.empty();

  @Option(names = "--to-base16", description = "Convert the digests given to base 16.")
  private boolean toBase16;

  @Option(names = "--to-base32", description = "Likewise to Nix's base 32.")
  private boolean toBase32;

  @Option(names = "--to-base64", description = "Likewise to base 64.")
  private boolean toBase64;

  @Option(names = "--to-sri", description = "Likewise to the form of Subresource Integrity.")
  private boolean toSri;

  @Override
  protected int run() throws IOException {
    Optional<HashAlgorithm> algorithm = type.map(NixHash::algorithm);
    boolean convert = toBase16 || toBase32 || toBase64 || toSri;
    for (String text : given) {
      if (convert) {
        print(Hash.parse(text, algorithm).encode(target()));
      } else {
        print(digest(text, algorithm.orElse(HashAlgorithm.MD5)));
      }
    }
    return 0;
  }

  private void print(String line) {
    context.messages().println(line);
  }

  /**
   * The algorithm of this name.
   *
   * @throws CommandException if Nix has none of that name
   */
  public static HashAlgorithm algorithm(String name) {
    return HashAlgorithm.parse(name)
        .orElseThrow(
            () ->
                new CommandException(
                    "unknown hash algorithm '"
                        + name
                        + "', expect 'md5', 'sha1', 'sha256', or 'sha512'"));
  }

  private Hash.Format target() {
    if (toSri) {
      return Hash.Format.SRI;
    }
    if (toBase64) {
      return Hash.Format.BASE64;
    }
    return toBase32 ? Hash.Format.NIX32 : Hash.Format.BASE16;
  }

  private Hash.Format form() {
    if (sri) {
      return Hash.Format.SRI;
    }
    if (base64) {
      return Hash.Format.BASE64;
    }
    return base32 ? Hash.Format.NIX32 : Hash.Format.BASE16;
  }

  /**
   * The digest of a file, or of an archive of a path.
   *
   * @param path absolute
   */
  static byte[] digest(String path, boolean flat, HashAlgorithm algorithm) throws IOException {
    MessageDigest digest = algorithm.newDigest();
    if (flat) {
      try (InputStream in = Files.newInputStream(Path.of(Octets.toText(path)))) {
        in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      }
    } else {
      Nar.write(DiskTree.of(path), digest::update);
    }
    return digest.digest();
  }

  private String digest(String text, HashAlgorithm algorithm) throws IOException {
    String path = CanonicalPath.absolute(text, context.caller().invocation().cwd());
    byte[] bytes = digest(path, flat, algorithm);
    if (!truncate || bytes.length <= TRUNCATED) {
      return new Hash(algorithm, bytes).encode(form());
    }
    // What is over the length is folded back onto the start, as in the hash part of a store path.
    byte[] folded = Arrays.copyOf(bytes, TRUNCATED);
    for (int i = TRUNCATED; i < bytes.length; i++) {
      folded[i % TRUNCATED] ^= bytes[i];
    }
    return encoded(folded, algorithm);
  }

  /** A folded digest has a length that no algorithm of its name has. */
  private String encoded(byte[] folded, HashAlgorithm algorithm) {
    return switch (form()) {
      case NIX32 -> NixBase32.encode(folded);
      case BASE16 -> HexFormat.of().formatHex(folded);
      case BASE64 -> Base64.getEncoder().encodeToString(folded);
      case SRI -> algorithm.nixName() + "-" + java.util.Base64.getEncoder().encodeToString(folded);
    };
  }
}
