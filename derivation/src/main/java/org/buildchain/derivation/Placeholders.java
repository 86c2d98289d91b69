package org.buildchain.derivation;

import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.hash.NixBase32;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Strings that stand for store paths which are not known yet. They look like absolute paths and
 * cannot occur by chance. Source: {@code src/libstore/downstream-placeholder.cc} and {@code
 * hashPlaceholder} of Nix 2.26.
 */
public final class Placeholders {
  private static final int COMPRESSED = 20;

  private Placeholders() {}

  /** What {@code builtins.placeholder} gives for an output of the derivation that says it. */
  public static String ofOutput(String outputName) {
    return render("nix-output:" + outputName);
  }

  /** What stands in a derivation for an output of another whose path is not known. */
  public static String ofUpstream(StorePath drvPath, String outputName) {
    return render(
        "nix-upstream-output:"
            + drvPath.hashPart()
            + ":"
            + StoreDir.outputPathName(Derivation.nameOf(drvPath), outputName));
  }

  /**
   * What stands for an output of a derivation that is itself an output.
   *
   * @param derivation the placeholder of that output
   */
  public static String ofComputed(String derivation, String outputName) {
    byte[] digest = NixBase32.decode(derivation.substring(1));
    byte[] compressed = StoreDir.compress(digest, COMPRESSED);
    return render("nix-computed-output:" + NixBase32.encode(compressed) + ":" + outputName);
  }

  private static String render(String clearText) {
    return "/" + Hash.of(HashAlgorithm.SHA256, Octets.bytes(clearText)).encode(Hash.Format.NIX32);
  }
}
