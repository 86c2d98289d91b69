package org.buildchain.daemon.nix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.argument.EvaluationOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.store.Prefetch;
import org.buildchain.daemon.evaluation.Evaluation;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.daemon.nix.hash.NixHash;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nix-prefetch-url}. Source: Nix manual, "nix-prefetch-url"; {@code prefetch.cc}. */
@Command(
    name = "nix-prefetch-url",
    description = "Downloads a file into the store and prints its digest.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-prefetch-url https://example.org/hello-2.12.tar.gz",
      "  nix-prefetch-url --unpack --print-path https://example.org/x.tar.gz",
      "  nix-prefetch-url ./default.nix -A hello.src"
    })
final class NixPrefetchUrl extends NixCommand {
  private static final String MIRROR = "mirror://";

  @Mixin private EvaluationOptions evaluation;

  @Parameters(
      paramLabel = "URL [DIGEST]",
      hideParamSyntax = true,
      arity = "0..*",
      description = "What to download, and the digest that it must have; with -A: a file.")
  private List<String> given = new ArrayList<>();

  @Option(
      names = {"-A", "--attr"},
      paramLabel = "PATH",
      description = "Take URL and name from this attribute, a call of fetchurl.")
  private Optional<String> attribute = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "NAME",
      description = "md5, sha1, sha256 (the default) or sha512.")
  private String type = "sha256";

  @Option(names = "--print-path", description = "Print the store path too.")
  private boolean printPath;

  @Option(names = "--unpack", description = "Store what the archive holds, not itself.")
  private boolean unpack;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name in the store; default: the last part of the URL.")
  private Optional<String> name = Optional.empty();

  @Override
  protected int run() throws IOException {
    if (given.size() > 2) {
      throw usage("too many arguments");
    }
    if (given.isEmpty() && attribute.isEmpty()) {
      throw usage("you must specify a URL");
    }
    HashAlgorithm algorithm = NixHash.algorithm(type);
    Evaluations evaluations = new Evaluations(context, settings, evaluation.searchPath(), true);
    Settings chosen = evaluations.settings();
    String url =
        attribute.isPresent()
            ? evaluations.evaluation().run(source(), this::urlOf)
            : given.getFirst();
    Optional<Hash> expected =
        given.size() == 2
            ? Optional.of(Hash.parse(given.get(1), Optional.of(algorithm)))
            : Optional.empty();
    String found = resolved(url, evaluations);
    Prefetch.Form form =
        new Prefetch.Form(name.orElseGet(() -> Prefetch.nameOf(found)), unpack, false);
    show(Prefetch.of(context, chosen, found, form, algorithm, expected));
    return 0;
  }

  private void show(Prefetch fetched) {
    String path = context.services().store().dir().print(fetched.path());
    Hash hash = fetched.hash();
    boolean variable =
        context.caller().invocation().env().getOrDefault("PRINT_PATH", "").equals("1");
    if (!printPath && !variable) {
      context.messages().note("path is '" + path + "'");
    }
    context
        .messages()
        .println(
            hash.encode(
                hash.algorithm() == HashAlgorithm.MD5 ? Hash.Format.BASE16 : Hash.Format.NIX32));
    if (printPath || variable) {
      context.messages().println(path);
    }
  }

  private Evaluation.Query source() throws IOException {
    String cwd = context.caller().invocation().cwd();
    String file = CanonicalPath.absolute(given.isEmpty() ? "." : given.getFirst(), cwd);
    return new Evaluation.Query(
        new Evaluation.Input.Imported(new Evaluation.Input.File(file)),
        List.of(attribute.orElse("")),
        evaluation.arguments(context),
        cwd);
  }

  /** The first URL of a call of fetchurl; takes its name and mode as well. */
  private String urlOf(Evaluator ev, Attrs arguments, List<Value> values) {
    String what = "while evaluating the source attribute to prefetch";
    Attrs source = ev.attrs(values.getFirst(), Pos.NONE, what);
    Value urls = source.get(ev.symbols().of("urls"));
    if (urls == null) {
      throw EvalException.other("attribute 'urls' missing");
    }
    Value.List all = ev.list(urls, Pos.NONE, "while evaluating the urls to prefetch");
    if (all.size() == 0) {
      throw EvalException.other("'urls' list is empty");
    }
    Value mode = source.get(ev.symbols().of("outputHashMode"));
    if (mode == null) {
      context.messages().note("warning: this does not look like a fetchurl call");
    } else {
      String of = "while evaluating the outputHashMode of the source to prefetch";
      unpack = ev.string(mode, Pos.NONE, of).value().equals("recursive");
    }
    Value called = source.get(ev.symbols().of("name"));
    if (name.isEmpty() && called != null) {
      String of = "while evaluating the name of the source to prefetch";
      name = Optional.of(ev.string(called, Pos.NONE, of).value());
    }
    return first(ev, all);
  }

  private static String first(Evaluator ev, Value.List urls) {
    return ev.string(urls.get(0), Pos.NONE, "while evaluating the first url from the urls list")
        .value();
  }

  /** {@code mirror://gnu/…} by the list of mirrors in nixpkgs. */
  private String resolved(String url, Evaluations evaluations) throws IOException {
    if (!url.startsWith(MIRROR)) {
      return url;
    }
    int slash = url.indexOf('/', MIRROR.length());
    if (slash < 0) {
      throw new CommandException("invalid mirror URL '" + url + "'");
    }
    String mirror = url.substring(MIRROR.length(), slash);
    Evaluation.Query mirrors =
        new Evaluation.Query(
            new Evaluation.Input.Text(
                "import <nixpkgs/pkgs/build-support/fetchurl/mirrors.nix>", "/"),
            List.of(),
            List.of(),
            "/");
    return evaluations
        .evaluation()
        .run(
            mirrors,
            (ev, arguments, values) -> {
              Attrs all =
                  ev.attrs(values.getFirst(), Pos.NONE, "while evaluating the set of all mirrors");
              Value found = all.get(ev.symbols().of(mirror));
              if (found == null) {
                throw EvalException.other("unknown mirror name '" + mirror + "'");
              }
              Value.List list =
                  ev.list(found, Pos.NONE, "while evaluating one mirror configuration");
              if (list.size() == 0) {
                throw EvalException.other("mirror URL '" + url + "' did not expand to anything");
              }
              String base = first(ev, list);
              return base + (base.endsWith("/") ? "" : "/") + url.substring(slash + 1);
            });
  }
}
