package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.FlakeRefs;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Verification;
import org.buildchain.language.syntax.AttrSet;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.Literals;
import org.buildchain.language.syntax.Pos;

/** Reads {@code flake.nix}. Source: Nix 2.26 manual, {@code nix flake}, "Flake format". */
final class FlakeReader {
  private static final Set<String> ATTRIBUTES =
      Set.of("description", "inputs", "outputs", "nixConfig");

  private final Evaluator ev;
  private final String folder;
  private final List<String> path;
  private SortedMap<String, String> config = new TreeMap<>();
  private Optional<String> said = Optional.empty();

  /**
   * @param folder where {@code flake.nix} stands
   * @param path of the flake from the root of all inputs: what it follows starts there
   */
  private FlakeReader(Evaluator ev, String folder, List<String> path) {
    this.ev = ev;
    this.folder = folder;
    this.path = path;
  }

  /**
   * The flake in a folder.
   *
   * @param resolved as messages call it
   * @throws EvalException if it is none
   */
  static FlakeFile read(
      Evaluator ev, FlakeRef resolved, FlakeRef locked, String folder, List<String> path) {
    FlakeReader reader = new FlakeReader(ev, folder, path);
    SortedMap<String, FlakeInput> inputs = reader.read(resolved);
    return new FlakeFile(resolved, locked, folder, reader.said, inputs, reader.config);
  }

  private SortedMap<String, FlakeInput> read(FlakeRef resolved) {
    String file = folder + "/flake.nix";
    AttrSet flake = parse(file, ev.importTarget(file));
    Map<String, AttrSet.Definition> all = flake.definitions();
    AttrSet.Definition description = all.get("description");
    if (description != null) {
      said = Optional.of(FlakeSyntax.string(description.value(), description.pos()));
    }
    AttrSet.Definition declared = all.get("inputs");
    SortedMap<String, FlakeInput> inputs =
        declared == null ? new TreeMap<>() : inputs(declared.value(), declared.pos());
    AttrSet.Definition outputs = all.get("outputs");
    if (outputs == null) {
      throw EvalException.other("flake '" + resolved + "' lacks attribute 'outputs'");
    }
    FlakeSyntax.function(outputs.value(), outputs.pos())
        .formals()
        .ifPresent(
            formals ->
                formals.formals().stream()
                    .map(Expr.Formal::name)
                    .filter(name -> !name.equals("self") && !inputs.containsKey(name))
                    .forEach(name -> inputs.put(name, FlakeInput.of(reference(name, true), true))));
    AttrSet.Definition settings = all.get("nixConfig");
    if (settings != null) {
      config = FlakeSyntax.config(settings.value(), settings.pos());
    }
    all.forEach(
        (name, d) -> {
          if (!ATTRIBUTES.contains(name)) {
            throw unsupported(resolved, name, d.pos());
          }
        });
    for (AttrSet.Dynamic d : flake.dynamics()) {
      throw unsupported(resolved, Literals.marked("computed"), d.pos());
    }
    return inputs;
  }

  private static EvalException unsupported(FlakeRef flake, String name, Pos at) {
    return EvalException.other(
        "flake '" + flake + "' has an unsupported attribute '" + name + "', at " + at);
  }

  private AttrSet parse(String shown, String file) {
    try {
      Expr e = ev.parseFile(file);
      ev.check(e);
      if (e instanceof AttrSet s) {
        return s;
      }
      throw EvalException.other("file '" + shown + "' must be an attribute set")
          .trace(Pos.NONE, "while evaluating the file '" + file + "':");
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private SortedMap<String, FlakeInput> inputs(Expr e, Pos at) {
    SortedMap<String, FlakeInput> out = new TreeMap<>();
    FlakeSyntax.set(e, at)
        .definitions()
        .forEach((name, d) -> out.put(name, input(name, d.value(), d.pos())));
    return out;
  }

  private FlakeInput input(String name, Expr e, Pos at) {
    Parts parts = new Parts();
    FlakeSyntax.set(e, at)
        .definitions()
        .forEach(
            (attribute, d) -> {
              try {
                part(parts, attribute, d);
              } catch (EvalException x) {
                throw x.trace(d.pos(), "while evaluating flake attribute '" + attribute + "'");
              }
            });
    return new FlakeInput(reference(name, parts, at), parts.isFlake, parts.follows, parts.inputs);
  }

  private static final class Parts {
    private final Map<String, Object> attributes = new TreeMap<>();
    private Optional<List<String>> follows = Optional.empty();
    private SortedMap<String, FlakeInput> inputs = new TreeMap<>();
    private boolean isFlake = true;
  }

  private void part(Parts parts, String name, AttrSet.Definition d) {
    Expr e = d.value();
    switch (name) {
      case "url" -> parts.attributes.put("url", url(e, d.pos()));
      case "flake" -> parts.isFlake = FlakeSyntax.bool(e, d.pos());
      case "inputs" -> parts.inputs = inputs(e, d.pos());
      case "follows" -> parts.follows = Optional.of(follows(FlakeSyntax.string(e, d.pos())));
      default ->
          parts.attributes.put(
              name,
              switch (e) {
                case Expr.Str s -> s.value();
                case Expr.Int n -> n.value();
                case Expr x when name.equals("publicKeys") -> keys(x);
                case Expr x when FlakeSyntax.isBool(x) -> FlakeSyntax.bool(x, d.pos());
                default ->
                    throw EvalException.type(
                        "flake input attribute '"
                            + name
                            + "' is "
                            + FlakeSyntax.kind(e, false)
                            + " while a string, Boolean, or integer is expected");
              });
    }
  }

  /** Public keys, as the text that inputs have of them. */
  private String keys(Expr e) {
    try {
      Verification.requireFeature(ev.settings().features());
    } catch (InputException x) {
      throw EvalException.other(x.getMessage());
    }
    Value json = ev.call(ev.builtins().get(ev.symbols().of("toJSON")), ev.eval(e));
    return ((Str) json).value();
  }

  private String url(Expr e, Pos at) {
    return switch (e) {
      case Expr.Str s -> s.value();
      case Expr.PathLiteral p -> "path:" + relative(p.path());
      default ->
          throw EvalException.other(
              "expected a string or a path but got " + FlakeSyntax.kind(e, true) + " at " + at);
    };
  }

  /** A path as seen from the flake's folder. */
  private String relative(String target) {
    List<String> from = parts(folder);
    List<String> to = parts(target);
    int common = 0;
    while (common < Math.min(from.size(), to.size()) && from.get(common).equals(to.get(common))) {
      common++;
    }
    List<String> out = new ArrayList<>();
    for (int i = common; i < from.size(); i++) {
      out.add("..");
    }
    out.addAll(to.subList(common, to.size()));
    return out.isEmpty() ? "." : String.join("/", out);
  }

  private static List<String> parts(String path) {
    List<String> out = new ArrayList<>(List.of(path.split("/")));
    out.removeIf(String::isEmpty);
    return out;
  }

  private List<String> follows(String text) {
    List<String> out = new ArrayList<>(path);
    for (String name : parts(text)) {
      if (!FlakeRefs.isId(name)) {
        throw EvalException.other("invalid flake input path element '" + name + "'");
      }
      out.add(name);
    }
    return List.copyOf(out);
  }

  private Optional<FlakeRef> reference(String name, Parts parts, Pos at) {
    Map<String, Object> attributes = parts.attributes;
    if (attributes.containsKey("type")) {
      try {
        Verification.requireFeature(ev.settings().features(), attributes);
        return Optional.of(FlakeRef.of(attributes));
      } catch (InputException e) {
        throw EvalException.other(e.getMessage()).trace(at, "while evaluating flake input");
      }
    }
    Optional<Object> url = Optional.ofNullable(attributes.remove("url"));
    if (!attributes.isEmpty()) {
      throw EvalException.other(
          "unexpected flake input attribute '"
              + attributes.keySet().iterator().next()
              + "', at "
              + at);
    }
    if (url.isPresent()) {
      return Optional.of(reference((String) url.get(), parts.isFlake));
    }
    return parts.follows.isPresent() ? Optional.empty() : Optional.of(indirect(name));
  }

  private static FlakeRef indirect(String name) {
    try {
      return FlakeRef.indirect(name);
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static FlakeRef reference(String url, boolean flake) {
    try {
      return FlakeRef.of(FlakeRefs.parse(url, true, flake));
    } catch (InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }
}
