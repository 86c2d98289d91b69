package org.buildchain.daemon.host.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Verification;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Looks whether commits are signed by those who must have signed them, by {@code git
 * verify-commit}. Messages are Nix's.
 */
final class GitSignatures {
  private static final Set<String> TYPES =
      Set.of("ssh-dsa", "ssh-ecdsa", "ssh-ecdsa-sk", "ssh-ed25519", "ssh-ed25519-sk", "ssh-rsa");

  private final Path temporary;

  /**
   * @param temporary a folder for files that do not outlive a call
   */
  GitSignatures(Path temporary) {
    this.temporary = temporary;
  }

  /**
   * Fails if an input wants a signature.
   *
   * @param in stands for a folder that has changed since its commit
   */
  void refuseChanged(Input in) throws IOException {
    if (Verification.of(in).required()) {
      throw new IOException(
          "commit verification is required for Git repository '"
              + in.toUrl()
              + "', but it's dirty");
    }
  }

  /** Fails if a commit has not the signature that the input wants. */
  void verify(Input in, Git git, String rev) throws IOException {
    Verification wanted = Verification.of(in);
    if (!wanted.required()) {
      return;
    }
    Path allowed = Files.createTempFile(temporary, "signers", "");
    try {
      Files.write(allowed, Octets.bytes(allowed(wanted.keys())));
      Program.Answer answer =
          git.answer(
              "-c",
              "gpg.ssh.allowedSignersFile=" + Octets.fromText(allowed.toString()),
              "verify-commit",
              rev);
      String said = (answer.out() + answer.err()).strip();
      // Git is content with signatures of other kinds too, by keys that the user has.
      if (answer.status() != 0 || !good(wanted.keys()).matcher(said).find()) {
        throw new IOException(
            "Commit signature verification on commit " + rev + " failed: " + said);
      }
    } finally {
      Files.deleteIfExists(allowed);
    }
  }

  private static String allowed(List<Verification.Key> keys) throws IOException {
    StringBuilder out = new StringBuilder();
    for (Verification.Key k : keys) {
      if (!TYPES.contains(k.type())) {
        throw new IOException(
            "Unknown key type '"
                + k.type()
                + "'.\nPlease use one of\n- ssh-dsa\n  ssh-ecdsa\n  ssh-ecdsa-sk\n  ssh-ed25519\n"
                + "  ssh-ed25519-sk\n  ssh-rsa");
      }
      out.append("* ").append(k.type()).append(' ').append(k.key()).append('\n');
    }
    return out.toString();
  }

  /** What git says of a commit that one of the keys has signed. */
  private static Pattern good(List<Verification.Key> keys) {
    String fingerprints =
        keys.stream().map(k -> Pattern.quote(fingerprint(k))).collect(Collectors.joining("|"));
    return Pattern.compile(
        "^Good \"git\" signature for \\* with .* key SHA256:(" + fingerprints + ")$",
        Pattern.MULTILINE);
  }

  private static String fingerprint(Verification.Key key) {
    try {
      byte[] blob = Base64.getDecoder().decode(Octets.bytes(key.key()));
      return Hash.of(HashAlgorithm.SHA256, blob).encode(Hash.Format.BASE64).replace("=", "");
    } catch (IllegalArgumentException e) {
      // No key: no signature is by it.
      return "none";
    }
  }
}
