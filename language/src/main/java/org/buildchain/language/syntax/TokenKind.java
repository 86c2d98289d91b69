package org.buildchain.language.syntax;

import org.buildchain.store.format.Octets;

/** The kinds of tokens, with the names that Nix's syntax errors use since 2026. */
enum TokenKind {
  END("end of file"),
  ID("identifier"),
  STR("string"),
  IND_STR("indented string"),
  INT("integer"),
  FLOAT("floating-point literal"),
  PATH("path"),
  HOME_PATH("'~/…' path"),
  SEARCH_PATH("'<…>' path"),
  PATH_END("end of path"),
  URI("URI"),
  IF("'if'"),
  THEN("'then'"),
  ELSE("'else'"),
  ASSERT("'assert'"),
  WITH("'with'"),
  LET("'let'"),
  IN("'in'"),
  REC("'rec'"),
  INHERIT("'inherit'"),
  EQ("'=='"),
  NEQ("'!='"),
  AND("'&&'"),
  OR("'||'"),
  IMPL("'->'"),
  OR_KW("'or'"),
  PIPE_FROM("'<|'"),
  PIPE_INTO("'|>'"),
  DOLLAR_CURLY("'${'"),
  IND_OPEN("start of an indented string"),
  IND_CLOSE("end of an indented string"),
  ELLIPSIS("'...'"),
  LEQ("'<='"),
  GEQ("'>='"),
  UPDATE("'//'"),
  CONCAT("'++'"),
  LESS("'<'"),
  GREATER("'>'"),
  NOT("'!'"),
  PLUS("'+'"),
  MINUS("'-'"),
  STAR("'*'"),
  SLASH("'/'"),
  QUESTION("'?'"),
  COLON("':'"),
  AT("'@'"),
  SEMICOLON("';'"),
  QUOTE("'\"'"),
  PAREN_OPEN("'('"),
  PAREN_CLOSE("')'"),
  CURLY_OPEN("'{'"),
  CURLY_CLOSE("'}'"),
  BRACKET_OPEN("'['"),
  BRACKET_CLOSE("']'"),
  ASSIGN("'='"),
  COMMA("','"),
  DOT("'.'"),
  /** A character that begins no token. */
  OTHER("invalid token"),
  /** A fault that the lexer found; it is reported when the parser gets there. */
  FAULT("");

  private final String shown;

  TokenKind(String shown) {
    this.shown = Octets.fromText(shown);
  }

  String shown() {
    return shown;
  }
}
