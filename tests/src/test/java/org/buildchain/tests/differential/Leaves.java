package org.buildchain.tests.differential;

import java.util.List;
import java.util.Random;

/** Literals, with a preference for what lies at borders. */
final class Leaves {
  private static final List<String> INTS =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "7",
          "10",
          "(-1)",
          "(-2)",
          "-5",
          "42",
          "255",
          "1000000",
          "2147483647",
          "2147483648",
          "4294967296",
          "9007199254740993",
          "9223372036854775807",
          "(-9223372036854775807)",
          "(-9223372036854775807 - 1)",
          "007");

  private static final List<String> FLOATS =
      List.of(
          "0.0",
          "1.0",
          "0.5",
          "2.5",
          "(-1.5)",
          "1e3",
          ".5",
          "1.5e-3",
          "1e300",
          "3.14159265358979",
          "0.1",
          "100000.0",
          "1000000.0",
          "1234567.0",
          "1e-5",
          "9007199254740993.0",
          "1e19",
          "(-0.0)",
          "0.3",
          "1.0e10",
          "123456.5",
          "5e-324",
          "1.7976931348623157e308");

  private static final List<String> WORDS =
      List.of(
          "",
          "a",
          "b",
          "foo",
          "bar",
          "x",
          " ",
          "hello world",
          "1",
          "-",
          "1.2",
          "a.b",
          "/",
          "/foo",
          "/nix/store",
          "./x",
          "foo/bar",
          "//a//b/",
          "..",
          "A",
          "ab",
          "aab",
          "\\n",
          "\\\\",
          "\\\"",
          "\\t",
          "$",
          "$$",
          "\\${",
          "{",
          "}",
          "'",
          "''",
          "\\r",
          "\\q",
          "\u00e9",
          "\u20ac",
          "#",
          "%",
          "key",
          "or",
          "nix-2.3.4",
          "true",
          "null",
          "name",
          "value",
          "out",
          "\\n\\n  x");

  private static final List<String> INDENTED =
      List.of(
          "a", " ", "  b", "\n", "\n  ", "\n    ", "\t", "''$", "''\\n", "'''", "$", "$$", "''\\t",
          "\n\n", "x'y", "\"", "\\", "''\\x", "c  ", "\n ", "\r\n", "''\\\\");

  private static final List<String> PATHS =
      List.of(
          "@/file.txt",
          "@/dir",
          "@/dir/sub",
          "@/set.nix",
          "@/id.nix",
          "@/missing",
          "@/.",
          "@/dir/..",
          "/foo/bar",
          "@/dir/../file.txt",
          "@/dir/link",
          "/a/./b/../c",
          "@/bad.nix",
          "@/throws.nix",
          "@/dir/default.nix",
          "@/empty",
          "@/file.txt/x",
          "./x/../y",
          "@/links/loop");

  private static final List<String> REGEXES =
      List.of(
          "a",
          "(a)(b)?",
          "[a-z]+",
          "([a-z]+)|([0-9]+)",
          ".*",
          "x*",
          "(foo|bar).*",
          "[[:space:]]+",
          "^a",
          "b$",
          "(.)(.)",
          "[^a]",
          "a{2}",
          "a{1,2}b",
          "\\\\.",
          "()",
          "",
          "[0-9]*\\\\.[0-9]+",
          "(x)?a*",
          "[[:alnum:]_]+",
          "[]]",
          "[^]a]+",
          "a|b|",
          "((a)|b)+",
          "[a-]",
          "(",
          "*",
          "a**",
          "[",
          "[b-a]",
          "(a|ab)(c|bcd)(d*)",
          "[[:upper:]]",
          "\\\\d",
          "a{,2}",
          "(a*)+",
          "(a*)*");

  private static final List<String> JSONS =
      List.of(
          "1",
          "1.5",
          "-0",
          "\\\"x\\\"",
          "[1,2,[]]",
          "{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":null}}",
          "true",
          "null",
          "",
          "[",
          "[1,]",
          "1e3",
          "1E400",
          "\\\"\\\\u00e9\\\"",
          "\\\"\\\\ud83d\\\\ude00\\\"",
          "9223372036854775808",
          "-9223372036854775809",
          " [ 1 , 2 ] ",
          "{\\\"a\\\":1,\\\"a\\\":2}",
          "01",
          "1.",
          "nul",
          "\\\"\\\\n\\\\t\\\"",
          "{}",
          "[] x",
          "18446744073709551615",
          "\\\"\\\\ud83d\\\"");

  private static final List<String> TOMLS =
      List.of(
          "a = 1",
          "a = 1\\nb = \\\"x\\\"",
          "[t]\\nx = [1, 2]",
          "[[l]]\\na = 1\\n[[l]]\\na = 2",
          "a.b.c = true",
          "x = 1.5",
          "a = 0x1f",
          "a = [",
          "",
          "a = 'lit'",
          "a = 1e3",
          "a = {b = 1, c = [\\\"d\\\"]}",
          "\\\"q k\\\" = 1",
          "a = 1\\na = 2",
          "a = inf",
          "a = -0.0",
          "a = 1_000",
          "a = \\\"\\\\u00e9\\\"",
          "# c\\n");

  private static final List<String> VERSIONS =
      List.of(
          "1.0",
          "1.0.1",
          "2.3pre1",
          "2.3",
          "foo-1.2",
          "nix-2.3-pre4",
          "hello-2.10",
          "",
          "1.a",
          "a-b-c",
          "1..2",
          "1-2",
          "foo",
          "2.3a",
          "2.3c",
          "01",
          "1",
          "1.",
          "pre",
          "2.3q",
          "-1",
          "99999999999999999999",
          "x-1y");

  private static final List<String> STORE_NAMES =
      List.of(
          "foo", "a", "x.y", "foo-1.0", "a+b_c?d=e", "", ".x", "a b", "ok-name", "-x", "foo.drv");

  private static final List<String> HASHES = List.of("md5", "sha1", "sha256", "sha512", "foo");

  private final Random random;

  Leaves(Random random) {
    this.random = random;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** An integer's literal. */
  String integer() {
    return chance(50) ? Integer.toString(random.nextInt(6)) : pick(INTS);
  }

  /** A float's. */
  String real() {
    return pick(FLOATS);
  }

  /** A length or an index. */
  String size() {
    return chance(95) ? Integer.toString(random.nextInt(5)) : "(-1)";
  }

  /** What stands in a string. */
  String word() {
    return pick(WORDS);
  }

  /** What stands in an indented string. */
  String indented() {
    return pick(INDENTED);
  }

  String path() {
    return pick(PATHS);
  }

  String regex() {
    return quoted(pick(REGEXES));
  }

  String json() {
    return quoted(pick(JSONS));
  }

  String toml() {
    return quoted(pick(TOMLS));
  }

  String version() {
    return quoted(pick(VERSIONS));
  }

  String storeName() {
    return quoted(pick(STORE_NAMES));
  }

  String algorithm() {
    return quoted(chance(95) ? HASHES.get(random.nextInt(4)) : pick(HASHES));
  }

  static String quoted(String escaped) {
    return "\"" + escaped + "\"";
  }
}
