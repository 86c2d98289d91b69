/**
 * The grammar of the Nix language 2.26: source texts, tokens, the syntax tree. Pure: a text goes
 * in, a tree or a {@link org.buildchain.language.syntax.ParseException} comes out. Source: Nix
 * manual, "Nix Language"; {@code src/libexpr/lexer.l} and {@code parser.y} for what the manual
 * leaves open.
 */
package org.buildchain.language.syntax;
