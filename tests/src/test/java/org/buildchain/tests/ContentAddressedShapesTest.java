package org.buildchain.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Content-addressed derivations of many shapes: outputs that refer to each other and to themselves,
 * other methods and algorithms, what depends on them and is resolved. The paths are those that
 * {@code nix-build} of Nix 2.26.3 printed for the same expression, with {@code ca-derivations}.
 */
final class ContentAddressedShapesTest {
  private static final String SHAPES =
      """
      let
        floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
        make = name: attributes: script: derivation ({
          inherit name;
          system = "x86_64-linux";
          builder = "/bin/sh";
          args = [ "-c" script ];
          PATH = "/usr/bin:/bin";
          __impureHostDeps = [ "/bin" "/etc/alternatives" "/lib" "/lib64" "/usr" ];
        } // attributes);
      in rec {
        multi = make "multi" (floating // { outputs = [ "out" "dev" "doc" ]; })
          "mkdir $out $dev; echo $out > $out/y; echo $out $dev > $dev/x; echo $dev $out > $doc";
        dep = make "dep" { } "cat ${multi.dev}/x ${multi.doc} > $out; echo ${multi} >> $out";
        dep2 = make "dep2" floating
          "mkdir $out; ln -s ${dep} $out/dep; cat ${multi}/y > $out/y; echo $out > $out/self";
        flat = make "flat" (floating // { outputHashMode = "flat"; }) "echo flat > $out";
        sha1 = make "sha1" (floating // { outputHashAlgo = "sha1"; }) "mkdir $out; echo x > $out/x";
        text = make "text" (floating // { outputHashMode = "text"; }) "cat ${multi}/y > $out";
        fixedOnCa = make "fixedOnCa"
          { outputHash = builtins.hashString "sha256" "hi\\n"; outputHashAlgo = "sha256"; }
          "cat ${flat} > /dev/null; echo hi > $out";
        afterFixed = make "afterFixed" { } "cat ${fixedOnCa} ${dep2}/y > $out";
        cut1 = make "cut" (floating // { v = "1"; }) "echo same > $out";
        cut2 = make "cut" (floating // { v = "2"; }) "echo same > $out";
        above1 = make "above" { } "cat ${cut1} > $out";
        above2 = make "above" { } "cat ${cut2} > $out";
      }
      """;

  private static final List<Map.Entry<String, String>> PATHS =
      List.of(
          Map.entry("multi", "263amc11rn0d4ixk2np5gdcqxc1csbav-multi"),
          Map.entry("multi.dev", "s5r5vdcln1v354bcghwkdcdcgccbi94b-multi-dev"),
          Map.entry("multi.doc", "qnwc2l4fwzm2mv58v12mp5h0rkgcg7pm-multi-doc"),
          Map.entry("dep", "0hvk1mzppqji4z58d8197vazh02x2x2r-dep"),
          Map.entry("dep2", "3m34p2gyzcjb2fyvv1kmrpn9lpsb8ycp-dep2"),
          Map.entry("flat", "ca1y6c916z1ck1dxi4rcrsfs9rzp728w-flat"),
          Map.entry("sha1", "d5kz0vg1a36zagpi69qfwran4xxiam28-sha1"),
          Map.entry("text", "gplqnh4l032l5ccpr9qwzafk6i6y0csx-text"),
          Map.entry("fixedOnCa", "9wf30m1fkzx5fxdb0r4qn27g022dbvl9-fixedOnCa"),
          Map.entry("afterFixed", "kydbw8zbrxzdwsby9dxrclw78dwqmlxl-afterFixed"),
          Map.entry("cut1", "0n0q1wamhi59in06vys06lr99g6h3r1w-cut"),
          Map.entry("cut2", "0n0q1wamhi59in06vys06lr99g6h3r1w-cut"),
          Map.entry("above1", "9jc6vmxavdi5jrr8rgdahgxg139w52ch-above"),
          Map.entry("above2", "9jc6vmxavdi5jrr8rgdahgxg139w52ch-above"));

  @TempDir Path folder;

  @Test
  void pathsAreNixs() throws IOException {
    Files.writeString(folder.resolve("shapes.nix"), SHAPES);
    try (Bc bc = new Bc()) {
      for (Map.Entry<String, String> shape : PATHS) {
        Command.Result built =
            bc.run(folder, "build", "./shapes.nix", "-A", shape.getKey(), "--no-link");
        assertEquals("/nix/store/" + shape.getValue() + "\n", built.orFail(), shape.getKey());
        if (shape.getKey().equals("above1")) {
          assertTrue(built.err().contains("-above.drv'..."), built.err());
        }
        if (shape.getKey().equals("above2")) {
          // The change below made no difference, and so nothing is built.
          assertFalse(built.err().contains("building"), built.err());
        }
      }
    }
  }
}
