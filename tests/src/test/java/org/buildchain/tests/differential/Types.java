package org.buildchain.tests.differential;

/**
 * The types for which expressions are generated, a letter each, so that the signature of a builtin
 * is a word. Some stand for a part of a type of the language: most arguments of that type would
 * fail.
 */
final class Types {
  static final char ANY = 'a';
  static final char INT = 'i';
  static final char FLOAT = 'f';
  static final char NUMBER = 'n';
  static final char BOOL = 'b';
  static final char STRING = 's';
  static final char NULL = 'z';
  static final char PATH = 'p';
  static final char SET = 't';
  static final char LIST = 'l';
  static final char FUNCTION = 'F';

  /** Lists of integers, strings, sets, lists, and of sets with a name and a value. */
  static final char INTS = 'I';

  static final char STRINGS = 'S';
  static final char SETS = 'T';
  static final char LISTS = 'L';
  static final char PAIRS = 'P';

  /** A string with context. */
  static final char CONTEXT = 'c';

  /** A derivation. */
  static final char DERIVATION = 'D';

  /**
   * Strings: a regular expression, JSON, TOML, a version, an attribute's name, a hash algorithm.
   */
  static final char REGEX = 'r';

  static final char JSON = 'j';
  static final char TOML = 'm';
  static final char VERSION = 'v';
  static final char NAME = 'd';
  static final char ALGORITHM = 'h';

  /** A small number, as a length or an index. */
  static final char SIZE = 'k';

  /** What {@link #ANY} may become. */
  static final String VALUES = "iiifbbssszpttllISTcDF";

  private Types() {}

  /** Whether a value of type {@code have} will do where {@code want} is wanted. */
  static boolean fits(char have, char want) {
    return have == want
        || want == ANY
        || switch (want) {
          case NUMBER -> have == INT || have == FLOAT || have == SIZE;
          case INT -> have == SIZE;
          case STRING ->
              have == CONTEXT
                  || have == REGEX
                  || have == JSON
                  || have == VERSION
                  || have == NAME
                  || have == TOML;
          case LIST -> "ISTLP".indexOf(have) >= 0;
          case SET -> have == DERIVATION;
          default -> false;
        };
  }
}
