package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildSettings;

/**
 * The setting {@code post-build-hook}. Source: Nix manual, "post-build-hook"; {@code
 * runPostBuildHook} of Nix 2.26.
 */
public final class PostBuildHook {
  private PostBuildHook() {}

  /**
   * Runs the hook, if there is one.
   *
   * @param drvPath the full path of what was built
   * @param outputs their full paths
   * @throws BuildException if it fails; what was built is valid all the same
   */
  public static void run(
      BuildSettings settings, String drvPath, List<String> outputs, Consumer<String> lines)
      throws IOException, InterruptedException {
    if (settings.hooks().postBuild().isEmpty()) {
      return;
    }
    String program = settings.hooks().postBuild().get();
    Map<String, String> environment = new TreeMap<>(settings.environment());
    environment.put("DRV_PATH", drvPath);
    environment.put("OUT_PATHS", String.join(" ", outputs));
    environment.put("NIX_CONFIG", settings.hooks().config());
    String problem = HookProcess.run(List.of(program), environment, lines);
    if (!problem.isEmpty()) {
      throw new BuildException(problem);
    }
  }
}
