package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.language.syntax.Expr.AttrName;
import org.buildchain.language.syntax.Expr.Operator;

/**
 * Recursive descent over the grammar of {@code parser.y}. Nesting deeper than {@link #MAX_DEPTH} is
 * refused, so that no text can exhaust the stack.
 */
public final class Parser {
  /** The deepest nesting of expressions that is read. */
  public static final int MAX_DEPTH = 20_000;

  /**
   * What a text is read with.
   *
   * @param basePath the absolute folder that relative paths start from
   * @param home gives the user's folder for {@code ~/…}, or throws in pure mode
   * @param pipes whether {@code |>} and {@code <|} are enabled
   * @param warnings gets what is allowed but will not be for ever
   */
  public record Options(
      String basePath, Function<String, String> home, boolean pipes, Consumer<String> warnings) {}

  private final Source source;
  private final Options options;
  private final List<Token> tokens;
  private int next;
  private int depth;

  /** The last {@code f or} that was read as a call, unless something else was read since. */
  private Expr.Call identifierOr;

  private Parser(Source source, Options options) {
    this.source = source;
    this.options = options;
    this.tokens = Lexer.tokens(source.text(), options.pipes());
  }

  /**
   * The expression that {@code source} holds.
   *
   * @throws ParseException where it holds none
   */
  public static Expr parse(Source source, Options options) {
    Parser p = new Parser(source, options);
    Expr e = p.expr();
    p.expect(TokenKind.END);
    return e;
  }

  private Token peek() {
    Token t = tokens.get(next);
    if (t.kind() == TokenKind.FAULT) {
      throw new ParseException(new Pos(source, t.start()), t.text());
    }
    return t;
  }

  private TokenKind kind(int ahead) {
    int k = next + ahead;
    return k < tokens.size() ? tokens.get(k).kind() : TokenKind.END;
  }

  private boolean is(TokenKind kind) {
    return peek().kind() == kind;
  }

  private Token take() {
    Token t = peek();
    next++;
    return t;
  }

  private boolean accept(TokenKind kind) {
    if (is(kind)) {
      next++;
      return true;
    }
    return false;
  }

  private Pos pos(Token t) {
    return new Pos(source, t.start());
  }

  private Token expect(TokenKind kind) {
    if (!is(kind)) {
      throw unexpected(kind);
    }
    return take();
  }

  private ParseException unexpected(TokenKind... expected) {
    Token t = peek();
    String shown = t.kind() == TokenKind.OTHER ? "invalid token" : t.kind().shown();
    StringBuilder m = new StringBuilder("syntax error, unexpected ").append(shown);
    for (int i = 0; i < expected.length; i++) {
      m.append(i == 0 ? ", expecting " : " or ").append(expected[i].shown());
    }
    return new ParseException(pos(t), m.toString());
  }

  private Expr expr() {
    if (++depth > MAX_DEPTH) {
      throw new ParseException(
          pos(peek()), "expressions are nested more than " + MAX_DEPTH + " deep");
    }
    try {
      return function();
    } finally {
      depth--;
    }
  }

  private Expr function() {
    Token t = peek();
    Pos at = pos(t);
    switch (t.kind()) {
      case ID -> {
        if (kind(1) == TokenKind.COLON) {
          next += 2;
          return new Expr.Lambda(at, Optional.of(t.text()), Optional.empty(), expr());
        }
        if (kind(1) == TokenKind.AT) {
          next += 2;
          Expr.Formals f = formals(at, Optional.of(t.text()));
          expect(TokenKind.COLON);
          return new Expr.Lambda(at, Optional.of(t.text()), Optional.of(f), expr());
        }
      }
      case CURLY_OPEN -> {
        if (startsFormals()) {
          return formalsFunction(at);
        }
      }
      case ASSERT -> {
        next++;
        Expr condition = expr();
        expect(TokenKind.SEMICOLON);
        return new Expr.Assert(at, condition, expr());
      }
      case WITH -> {
        next++;
        Expr scope = expr();
        expect(TokenKind.SEMICOLON);
        return new Expr.With(at, scope, expr());
      }
      case LET -> {
        if (kind(1) != TokenKind.CURLY_OPEN) {
          next++;
          AttrSet binds = binds(at, TokenKind.IN, TokenKind.IN, TokenKind.INHERIT);
          expect(TokenKind.IN);
          if (!binds.dynamics().isEmpty()) {
            throw new ParseException(at, "dynamic attributes not allowed in let");
          }
          return new Expr.Let(at, binds, expr());
        }
      }
      case IF -> {
        next++;
        Expr condition = expr();
        expect(TokenKind.THEN);
        Expr then = expr();
        expect(TokenKind.ELSE);
        return new Expr.If(at, condition, then, expr());
      }
      default -> {}
    }
    return pipes();
  }

  private Expr pipes() {
    Expr left = operators(0);
    if (is(TokenKind.PIPE_INTO)) {
      while (is(TokenKind.PIPE_INTO)) {
        Pos at = pos(take());
        left = apply(at, operators(0), left);
      }
    } else if (is(TokenKind.PIPE_FROM)) {
      Pos at = pos(take());
      return apply(at, left, pipesFrom());
    }
    return left;
  }

  private Expr pipesFrom() {
    Expr left = operators(0);
    if (is(TokenKind.PIPE_FROM)) {
      Pos at = pos(take());
      return apply(at, left, pipesFrom());
    }
    return left;
  }

  private static Expr apply(Pos at, Expr function, Expr argument) {
    if (function instanceof Expr.Call c) {
      List<Expr> args = new ArrayList<>(c.arguments());
      args.add(argument);
      return new Expr.Call(c.pos(), c.function(), List.copyOf(args));
    }
    return new Expr.Call(at, function, List.of(argument));
  }

  private boolean startsFormals() {
    return switch (kind(1)) {
      case ELLIPSIS -> true;
      case CURLY_CLOSE -> kind(2) == TokenKind.COLON || kind(2) == TokenKind.AT;
      case ID ->
          kind(2) == TokenKind.COMMA
              || kind(2) == TokenKind.QUESTION
              || kind(2) == TokenKind.CURLY_CLOSE;
      default -> false;
    };
  }

  private Expr formalsFunction(Pos at) {
    Expr.Formals f = formals(at, Optional.empty());
    Optional<String> argument = Optional.empty();
    if (accept(TokenKind.AT)) {
      String name = expect(TokenKind.ID).text();
      argument = Optional.of(name);
      if (f.has(name)) {
        throw duplicateFormal(at, name);
      }
    }
    if (!is(TokenKind.COLON)) {
      throw argument.isPresent()
          ? unexpected(TokenKind.COLON)
          : unexpected(TokenKind.COLON, TokenKind.AT);
    }
    next++;
    return new Expr.Lambda(at, argument, Optional.of(f), expr());
  }

  private Expr.Formals formals(Pos at, Optional<String> argument) {
    expect(TokenKind.CURLY_OPEN);
    List<Expr.Formal> list = new ArrayList<>();
    boolean ellipsis = false;
    while (!is(TokenKind.CURLY_CLOSE)) {
      if (accept(TokenKind.ELLIPSIS)) {
        ellipsis = true;
        break;
      }
      if (!is(TokenKind.ID)) {
        throw list.isEmpty()
            ? unexpected(TokenKind.ID, TokenKind.ELLIPSIS, TokenKind.CURLY_CLOSE)
            : unexpected(TokenKind.ID, TokenKind.ELLIPSIS, TokenKind.CURLY_CLOSE);
      }
      Token name = take();
      Optional<Expr> fallback = Optional.empty();
      if (accept(TokenKind.QUESTION)) {
        fallback = Optional.of(expr());
      }
      list.add(new Expr.Formal(pos(name), name.text(), fallback));
      if (!accept(TokenKind.COMMA)) {
        if (!is(TokenKind.CURLY_CLOSE)) {
          throw unexpected(TokenKind.CURLY_CLOSE, TokenKind.COMMA);
        }
        break;
      }
    }
    expect(TokenKind.CURLY_CLOSE);
    checkFormals(list);
    Expr.Formals f = new Expr.Formals(List.copyOf(list), ellipsis);
    argument
        .filter(f::has)
        .ifPresent(
            a -> {
              throw duplicateFormal(at, a);
            });
    return f;
  }

  private void checkFormals(List<Expr.Formal> list) {
    java.util.Map<String, Pos> seen = new java.util.HashMap<>();
    for (Expr.Formal f : list) {
      if (seen.put(f.name(), f.pos()) != null) {
        throw duplicateFormal(f.pos(), f.name());
      }
    }
  }

  private static ParseException duplicateFormal(Pos at, String name) {
    return new ParseException(at, "duplicate formal function argument '" + name + "'");
  }

  // Operator precedences, weakest first, as the %left/%right/%nonassoc lines of parser.y.
  private static final int NOT_LEVEL = 7;
  private static final int NEGATE_LEVEL = 12;

  private static int level(TokenKind k) {
    return switch (k) {
      case IMPL -> 1;
      case OR -> 2;
      case AND -> 3;
      case EQ, NEQ -> 4;
      case LESS, GREATER, LEQ, GEQ -> 5;
      case UPDATE -> 6;
      case PLUS, MINUS -> 8;
      case STAR, SLASH -> 9;
      case CONCAT -> 10;
      case QUESTION -> 11;
      default -> -1;
    };
  }

  private Expr operators(int min) {
    if (++depth > MAX_DEPTH) {
      throw new ParseException(
          pos(peek()), "expressions are nested more than " + MAX_DEPTH + " deep");
    }
    Pos start = pos(peek());
    Expr left = prefix();
    int forbidden = -1;
    while (true) {
      Token op = peek();
      int level = level(op.kind());
      if (level < 0 || level < min) {
        break;
      }
      if (level == forbidden) {
        throw unexpected();
      }
      next++;
      left = infix(start, left, op, level);
      forbidden = level == 4 || level == 5 ? level : -1;
    }
    depth--;
    return left;
  }

  private Expr prefix() {
    Token t = peek();
    if (t.kind() == TokenKind.NOT) {
      next++;
      return new Expr.Not(pos(t), operators(NOT_LEVEL));
    }
    if (t.kind() == TokenKind.MINUS) {
      next++;
      Expr operand = operators(NEGATE_LEVEL);
      return call(pos(t), "__sub", new Expr.Int(Pos.NONE, 0), operand);
    }
    return application();
  }

  private static Expr call(Pos at, String function, Expr a, Expr b) {
    return new Expr.Call(at, new Expr.Var(Pos.NONE, function), List.of(a, b));
  }

  private Expr infix(Pos start, Expr left, Token op, int level) {
    Pos at = pos(op);
    if (op.kind() == TokenKind.QUESTION) {
      return new Expr.HasAttr(at, left, attrPath());
    }
    boolean rightAssociative = level == 1 || level == 6 || level == 10;
    Pos rightStart = pos(peek());
    Expr right = operators(rightAssociative ? level : level + 1);
    return switch (op.kind()) {
      case IMPL -> new Expr.Binary(at, Operator.IMPL, left, right);
      case OR -> new Expr.Binary(at, Operator.OR, left, right);
      case AND -> new Expr.Binary(at, Operator.AND, left, right);
      case EQ -> new Expr.Binary(at, Operator.EQ, left, right);
      case NEQ -> new Expr.Binary(at, Operator.NEQ, left, right);
      case LESS -> call(at, "__lessThan", left, right);
      case GREATER -> call(at, "__lessThan", right, left);
      case LEQ -> new Expr.Not(at, call(at, "__lessThan", right, left));
      case GEQ -> new Expr.Not(at, call(at, "__lessThan", left, right));
      case UPDATE -> new Expr.Binary(at, Operator.UPDATE, left, right);
      case PLUS -> new Expr.Concat(at, false, List.of(left, right), List.of(start, rightStart));
      case MINUS -> call(at, "__sub", left, right);
      case STAR -> call(at, "__mul", left, right);
      case SLASH -> call(at, "__div", left, right);
      default -> new Expr.Binary(at, Operator.CONCAT, left, right);
    };
  }

  private boolean startsSimple() {
    return switch (peek().kind()) {
      case ID,
          INT,
          FLOAT,
          QUOTE,
          IND_OPEN,
          PATH,
          HOME_PATH,
          SEARCH_PATH,
          URI,
          PAREN_OPEN,
          LET,
          REC,
          CURLY_OPEN,
          BRACKET_OPEN ->
          true;
      default -> false;
    };
  }

  private Expr application() {
    Pos at = pos(peek());
    Expr f = select();
    identifierOr = null;
    if (!startsSimple()) {
      return f;
    }
    List<Expr> args = new ArrayList<>();
    while (startsSimple()) {
      args.add(warned(select()));
    }
    if (f instanceof Expr.Call c) {
      args.addAll(0, c.arguments());
      return new Expr.Call(c.pos(), c.function(), List.copyOf(args));
    }
    return new Expr.Call(at, f, List.copyOf(args));
  }

  private Expr select() {
    Pos at = pos(peek());
    Expr e = simple();
    if (accept(TokenKind.DOT)) {
      List<AttrName> path = attrPath();
      Optional<Expr> fallback = Optional.empty();
      if (accept(TokenKind.OR_KW)) {
        fallback = Optional.of(warned(select()));
      }
      return new Expr.Select(at, e, path, fallback);
    }
    if (is(TokenKind.OR_KW)) {
      next++;
      identifierOr = new Expr.Call(at, e, List.of(new Expr.Var(at, "or")));
      return identifierOr;
    }
    return e;
  }

  /**
   * Warns where {@code f or} as a call, which Nix keeps for old expressions, stands as an argument:
   * there it binds tighter than anyone expects.
   */
  private Expr warned(Expr e) {
    if (e == identifierOr && identifierOr != null) {
      String text = source.text().substring(e.pos().offset(), tokens.get(next - 1).end());
      options
          .warnings()
          .accept(
              "at "
                  + e.pos()
                  + ": This expression uses `or` as an identifier in a way that will change in a"
                  + " future Nix release.\n"
                  + "Wrap this entire expression in parentheses to preserve its current meaning:\n"
                  + "    ("
                  + text
                  + ")\n"
                  + "Give feedback at https://github.com/NixOS/nix/pull/11121");
    }
    return e;
  }

  private Expr simple() {
    Token t = peek();
    Pos at = pos(t);
    switch (t.kind()) {
      case ID:
        next++;
        return t.text().equals("__curPos") ? new Expr.CurPos(at) : new Expr.Var(at, t.text());
      case INT:
        next++;
        return new Expr.Int(at, Long.parseLong(t.text()));
      case FLOAT:
        next++;
        return new Expr.Float(at, floating(at, t.text()));
      case QUOTE:
        next++;
        return string(at);
      case IND_OPEN:
        next++;
        return indented(at);
      case PATH, HOME_PATH:
        next++;
        return path(t);
      case SEARCH_PATH:
        next++;
        return new Expr.Call(
            at,
            new Expr.Var(Pos.NONE, "__findFile"),
            List.of(new Expr.Var(Pos.NONE, "__nixPath"), new Expr.Str(at, t.text())));
      case URI:
        next++;
        return new Expr.Str(at, t.text());
      case PAREN_OPEN:
        next++;
        Expr inner = expr();
        expect(TokenKind.PAREN_CLOSE);
        return inner;
      case LET:
        next++;
        expect(TokenKind.CURLY_OPEN);
        AttrSet body =
            binds(at, TokenKind.CURLY_CLOSE, TokenKind.INHERIT, TokenKind.CURLY_CLOSE).at(at, true);
        expect(TokenKind.CURLY_CLOSE);
        return new Expr.Select(
            Pos.NONE, body, List.of(new AttrName.Known("body")), Optional.empty());
      case REC:
        next++;
        expect(TokenKind.CURLY_OPEN);
        AttrSet rec =
            binds(at, TokenKind.CURLY_CLOSE, TokenKind.INHERIT, TokenKind.CURLY_CLOSE).at(at, true);
        expect(TokenKind.CURLY_CLOSE);
        return rec;
      case CURLY_OPEN:
        next++;
        AttrSet set = binds(at, TokenKind.CURLY_CLOSE, TokenKind.INHERIT);
        expect(TokenKind.CURLY_CLOSE);
        return set;
      case BRACKET_OPEN:
        next++;
        List<Expr> elements = new ArrayList<>();
        depth++;
        while (!is(TokenKind.BRACKET_CLOSE)) {
          if (!startsSimple() || depth > MAX_DEPTH) {
            throw unexpected();
          }
          elements.add(warned(select()));
        }
        depth--;
        next++;
        return new Expr.ListOf(at, List.copyOf(elements));
      default:
        throw unexpected();
    }
  }

  private static double floating(Pos at, String text) {
    double d = Double.parseDouble(text);
    boolean digits = text.split("[eE]", 2)[0].chars().anyMatch(c -> c >= '1' && c <= '9');
    if (Double.isInfinite(d) || (digits && Math.abs(d) < Double.MIN_NORMAL)) {
      throw new ParseException(at, "invalid float '" + text + "'");
    }
    return d;
  }

  private Expr string(Pos at) {
    List<Expr> parts = new ArrayList<>();
    List<Pos> places = new ArrayList<>();
    boolean interpolated = false;
    while (!accept(TokenKind.QUOTE)) {
      Token t = peek();
      places.add(pos(t));
      if (accept(TokenKind.STR)) {
        parts.add(new Expr.Str(pos(t), t.text()));
      } else if (is(TokenKind.DOLLAR_CURLY)) {
        interpolated = true;
        parts.add(interpolation());
      } else {
        throw unexpected(TokenKind.QUOTE);
      }
    }
    if (!interpolated) {
      return parts.isEmpty()
          ? new Expr.Str(at, "")
          : new Expr.Str(at, ((Expr.Str) parts.getFirst()).value());
    }
    return new Expr.Concat(places.getFirst(), true, List.copyOf(parts), List.copyOf(places));
  }

  private Expr interpolation() {
    expect(TokenKind.DOLLAR_CURLY);
    Expr e = expr();
    expect(TokenKind.CURLY_CLOSE);
    return e;
  }

  private Expr indented(Pos at) {
    List<IndentedString.Part> parts = new ArrayList<>();
    while (!accept(TokenKind.IND_CLOSE)) {
      Token t = peek();
      if (accept(TokenKind.IND_STR)) {
        parts.add(new IndentedString.Text(pos(t), t.text(), t.indentation()));
      } else if (is(TokenKind.DOLLAR_CURLY)) {
        parts.add(new IndentedString.Interpolation(pos(t), interpolation()));
      } else {
        throw unexpected(TokenKind.IND_STR, TokenKind.DOLLAR_CURLY, TokenKind.IND_CLOSE);
      }
    }
    return IndentedString.strip(at, parts);
  }

  private Expr path(Token first) {
    Pos at = pos(first);
    String text = first.text();
    String start;
    if (first.kind() == TokenKind.HOME_PATH) {
      start = options.home().apply(text) + text.substring(1);
    } else {
      start = Paths.absolute(text, options.basePath());
      if (text.length() > 1 && text.endsWith("/")) {
        start += "/";
      }
    }
    if (accept(TokenKind.PATH_END)) {
      return new Expr.PathLiteral(at, start);
    }
    List<Expr> parts = new ArrayList<>();
    List<Pos> places = new ArrayList<>();
    parts.add(new Expr.PathLiteral(at, start));
    places.add(at);
    while (!accept(TokenKind.PATH_END)) {
      Token t = peek();
      places.add(pos(t));
      if (accept(TokenKind.STR)) {
        parts.add(new Expr.Str(pos(t), t.text()));
      } else {
        parts.add(interpolation());
      }
    }
    return new Expr.Concat(at, false, List.copyOf(parts), List.copyOf(places));
  }

  /** {@code expected}: what messages say should stand where no definition begins. */
  private AttrSet binds(Pos at, TokenKind close, TokenKind... expected) {
    AttrSet set = new AttrSet(at);
    while (!is(close)) {
      Token t = peek();
      if (accept(TokenKind.INHERIT)) {
        inherit(set);
      } else if (startsAttr(t.kind())) {
        List<AttrName> path = attrPath();
        if (!is(TokenKind.ASSIGN)) {
          throw unexpected(TokenKind.DOT, TokenKind.ASSIGN);
        }
        next++;
        Expr value = expr();
        expect(TokenKind.SEMICOLON);
        set.add(path, pos(t), value);
      } else {
        throw unexpected(expected);
      }
    }
    return set;
  }

  private static boolean startsAttr(TokenKind k) {
    return k == TokenKind.ID
        || k == TokenKind.OR_KW
        || k == TokenKind.QUOTE
        || k == TokenKind.DOLLAR_CURLY;
  }

  private void inherit(AttrSet set) {
    int from = -1;
    Pos fromPos = Pos.NONE;
    if (accept(TokenKind.PAREN_OPEN)) {
      fromPos = pos(peek());
      Expr e = expr();
      expect(TokenKind.PAREN_CLOSE);
      from = set.addInheritFrom(e);
    }
    while (!accept(TokenKind.SEMICOLON)) {
      Pos at = pos(peek());
      if (!startsAttr(peek().kind())) {
        throw unexpected();
      }
      if (!(attrName() instanceof AttrName.Known known)) {
        throw new ParseException(at, "dynamic attributes not allowed in inherit");
      }
      if (from < 0) {
        set.inherit(known.name(), at);
      } else {
        set.inheritFrom(from, fromPos, known.name(), at);
      }
    }
  }

  private List<AttrName> attrPath() {
    List<AttrName> path = new ArrayList<>();
    do {
      path.add(attrName());
    } while (accept(TokenKind.DOT));
    return List.copyOf(path);
  }

  private AttrName attrName() {
    Token t = peek();
    switch (t.kind()) {
      case ID, OR_KW:
        next++;
        return new AttrName.Known(t.text());
      case QUOTE:
        next++;
        return name(string(pos(t)));
      case DOLLAR_CURLY:
        return name(interpolation());
      default:
        throw unexpected(TokenKind.ID, TokenKind.OR_KW, TokenKind.DOLLAR_CURLY, TokenKind.QUOTE);
    }
  }

  private static AttrName name(Expr e) {
    return e instanceof Expr.Str s ? new AttrName.Known(s.value()) : new AttrName.Computed(e);
  }
}
