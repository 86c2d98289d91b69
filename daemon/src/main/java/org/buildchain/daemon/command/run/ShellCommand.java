package org.buildchain.daemon.command.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.RestOfLine;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeExpressionOptions;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A shell with some packages in its PATH. Source: Nix 2.26 manual, {@code nix shell}. */
@Command(
    name = "shell",
    description = "Builds packages and starts a shell ($SHELL) that finds their programs.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc shell ./examples/hello          'hello' is in the PATH there",
      "  bc shell '<nixpkgs>' -A gcc -A gnumake -c make -j4",
      "  bc shell -f '<nixpkgs>' gcc gnumake -c make -j4",
      "  bc shell .#hello -c hello --version",
      "  bc shell ./result                  what was built before"
    })
public final class ShellCommand extends BcCommand {
  /** A list of packages that a package brings along. */
  private static final String PROPAGATED = "nix-support/propagated-user-env-packages";

  private static final int MAX_PROPAGATED = 1 << 20;

  @Mixin private FlakeExpressionOptions expression;

  @Mixin private SettingOptions settingOptions;

  @Mixin private EnvironmentOptions environment;

  @Option(
      names = "--stdin",
      description = "Read more arguments, one word each, from standard input.")
  private boolean stdin;

  @Option(
      names = {"-L", "--print-build-logs"},
      description = "Show the builders' output as it comes.")
  private boolean printLogs;

  @Option(
      names = {"-c", "--command"},
      paramLabel = "COMMAND ARGUMENTS",
      arity = "1..*",
      parameterConsumer = RestOfLine.class,
      description = "Run this, with all arguments that follow, in place of a shell.")
  private List<String> command = new ArrayList<>();

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return EnvironmentOptions.line(new ShellCommand());
  }

  @Override
  public Integer call() throws Exception {
    if (stdin) {
      expression.readGiven(context);
    }
    Map<String, String> callers = context.caller().invocation().env();
    SortedMap<String, String> env = environment.of(callers);
    List<StorePath> packages = new ArrayList<>(expression.takeObjects(context));
    if (packages.isEmpty() || !expression.given().isEmpty()) {
      packages.addAll(built());
    }
    StringJoiner path = new StringJoiner(":");
    for (StorePath one : all(packages)) {
      path.add(context.services().store().dir().print(one) + "/bin");
    }
    env.merge("PATH", path.toString(), (before, ours) -> ours + ":" + before);
    if (command.isEmpty()) {
      command.add(callers.getOrDefault("SHELL", "bash"));
    }
    context.become(command.getFirst(), command, env);
    return 0;
  }

  private List<StorePath> built() throws IOException, InterruptedException {
    Evaluations evaluations = new Evaluations(context, settingOptions, expression);
    BuildRequest request = new BuildRequest(expression.found(context, evaluations));
    return request.paths(
        new Builds(context, evaluations.settings(), printLogs).realise(request.wanted()));
  }

  /** These and what they bring along, each once. */
  private Set<StorePath> all(List<StorePath> paths) throws IOException {
    Set<StorePath> all = new LinkedHashSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(paths);
    for (StorePath path; (path = todo.poll()) != null; ) {
      if (all.add(path)) {
        todo.addAll(propagated(path));
      }
    }
    return all;
  }

  private List<StorePath> propagated(StorePath path) throws IOException {
    Optional<FileTree> node =
        new StoreArguments(context).look(new StoreArguments.Place(path, PROPAGATED));
    List<StorePath> out = new ArrayList<>();
    if (node.isPresent() && node.get() instanceof FileTree.Regular file) {
      try (InputStream in = file.open()) {
        String text = Octets.of(in.readNBytes(MAX_PROPAGATED));
        for (String word : text.split("[ \t\n\r]+")) {
          if (!word.isEmpty()) {
            out.add(context.services().store().dir().parse(word));
          }
        }
      }
    }
    return out;
  }
}
