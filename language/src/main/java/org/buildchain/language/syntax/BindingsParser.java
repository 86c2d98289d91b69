package org.buildchain.language.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.buildchain.language.syntax.Expr.AttrName;

/** Reads the definitions of sets and {@code let}, and attribute paths. */
final class BindingsParser {
  private final TokenCursor in;
  private final Parser parser;
  private final LiteralParser literals;
  private final Consumer<String> names;

  BindingsParser(TokenCursor in, Parser parser, LiteralParser literals, Consumer<String> names) {
    this.in = in;
    this.parser = parser;
    this.literals = literals;
    this.names = names;
  }

  /** {@code expected}: what messages say should stand where no definition begins. */
  AttrSet binds(Pos at, TokenKind close, TokenKind... expected) {
    AttrSet set = new AttrSet(at);
    while (!in.is(close)) {
      Token t = in.peek();
      if (in.accept(TokenKind.INHERIT)) {
        inherit(set);
      } else if (startsAttr(t.kind())) {
        List<AttrName> path = attrPath();
        if (!in.is(TokenKind.ASSIGN)) {
          throw in.unexpected(TokenKind.DOT, TokenKind.ASSIGN);
        }
        in.skip(1);
        Expr value = parser.expr();
        in.expect(TokenKind.SEMICOLON);
        set.add(path, in.pos(t), value);
      } else {
        throw in.unexpected(expected);
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
    if (in.accept(TokenKind.PAREN_OPEN)) {
      fromPos = in.pos(in.peek());
      Expr e = parser.expr();
      in.expect(TokenKind.PAREN_CLOSE);
      from = set.addInheritFrom(e);
    }
    while (!in.accept(TokenKind.SEMICOLON)) {
      Pos at = in.pos(in.peek());
      if (!startsAttr(in.peek().kind())) {
        throw in.unexpected();
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

  List<AttrName> attrPath() {
    List<AttrName> path = new ArrayList<>();
    do {
      path.add(attrName());
    } while (in.accept(TokenKind.DOT));
    return List.copyOf(path);
  }

  private AttrName attrName() {
    Token t = in.peek();
    switch (t.kind()) {
      case ID, OR_KW:
        in.skip(1);
        return known(t.text());
      case QUOTE:
        in.skip(1);
        return name(literals.string(in.pos(t)));
      case DOLLAR_CURLY:
        return name(literals.interpolation());
      default:
        throw in.unexpected(TokenKind.ID, TokenKind.OR_KW, TokenKind.DOLLAR_CURLY, TokenKind.QUOTE);
    }
  }

  private AttrName name(Expr e) {
    return e instanceof Expr.Str s ? known(s.value()) : new AttrName.Computed(e);
  }

  private AttrName known(String name) {
    names.accept(name);
    return new AttrName.Known(name);
  }
}
