package org.buildchain.language.syntax;

/** The kinds of tokens, with the names that syntax errors use. */
enum TokenKind {
  END("end of file"),
  ID("ID"),
  STR("STR"),
  IND_STR("IND_STR"),
  INT("INT_LIT"),
  FLOAT("FLOAT_LIT"),
  PATH("PATH"),
  HOME_PATH("HPATH"),
  SEARCH_PATH("SPATH"),
  PATH_END("PATH_END"),
  URI("URI"),
  IF("IF"),
  THEN("THEN"),
  ELSE("ELSE"),
  ASSERT("ASSERT"),
  WITH("WITH"),
  LET("LET"),
  IN("IN_KW"),
  REC("REC"),
  INHERIT("INHERIT"),
  EQ("EQ"),
  NEQ("NEQ"),
  AND("AND"),
  OR("OR"),
  IMPL("IMPL"),
  OR_KW("OR_KW"),
  PIPE_FROM("PIPE_FROM"),
  PIPE_INTO("PIPE_INTO"),
  DOLLAR_CURLY("DOLLAR_CURLY"),
  IND_OPEN("IND_STRING_OPEN"),
  IND_CLOSE("IND_STRING_CLOSE"),
  ELLIPSIS("ELLIPSIS"),
  LEQ("LEQ"),
  GEQ("GEQ"),
  UPDATE("UPDATE"),
  CONCAT("CONCAT"),
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
    this.shown = shown;
  }

  String shown() {
    return shown;
  }
}
