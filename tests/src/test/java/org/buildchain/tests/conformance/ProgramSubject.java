package org.buildchain.tests.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.buildchain.store.format.Octets;

/**
 * A program with the options of {@code nix-instantiate}, words separated by spaces. It runs as
 * Nix's {@code lang.sh} runs it: with a store that takes nothing and the flakes feature on.
 */
record ProgramSubject(String program) implements LanguageConformance.Subject {
  @Override
  public NixInstantiate.Result run(
      Path folder, Map<String, String> environment, List<String> arguments, String input)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.split(" ")));
    arguments.forEach(a -> command.add(Octets.toText(a)));
    Path out = Files.createTempFile("conformance", "out");
    Path err = Files.createTempFile("conformance", "err");
    ProcessBuilder b =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    b.environment().putAll(environment);
    b.environment().put("NIX_REMOTE", "dummy://");
    b.environment().put("NIX_STORE_DIR", "/nix/store");
    b.environment().put("NIX_CONFIG", "extra-experimental-features = nix-command flakes");
    Process p = b.start();
    try (OutputStream in = p.getOutputStream()) {
      in.write(Octets.bytes(input));
    } catch (IOException e) {
      // A program that does not read its input may be gone already; its status says how it ended.
    }
    int status = p.waitFor();
    NixInstantiate.Result r =
        new NixInstantiate.Result(
            status, Octets.of(Files.readAllBytes(out)), Octets.of(Files.readAllBytes(err)));
    Files.delete(out);
    Files.delete(err);
    return r;
  }
}
