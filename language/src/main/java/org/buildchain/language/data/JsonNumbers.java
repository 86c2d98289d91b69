package org.buildchain.language.data;

/**
 * Floats in JSON: the shortest digits that read back the same, fixed between exponents −4 and 14,
 * scientific outside. Java's {@code Double.toString} gives such digits since JDK 19 (JDK-4511638);
 * only the layout differs.
 */
final class JsonNumbers {
  private JsonNumbers() {}

  static String shown(double d) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      return "null";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    String s = Double.toString(Math.abs(d));
    int e = s.indexOf('E');
    int exponent = e < 0 ? 0 : Integer.parseInt(s.substring(e + 1));
    String mantissa = e < 0 ? s : s.substring(0, e);
    int dot = mantissa.indexOf('.');
    String digits = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    int point = dot + exponent;
    int lead = 0;
    while (lead < digits.length() - 1 && digits.charAt(lead) == '0') {
      lead++;
    }
    digits = digits.substring(lead);
    point -= lead;
    int end = digits.length();
    while (end > 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return (d < 0 ? "-" : "") + layout(digits.substring(0, end), point);
  }

  /** {@code point}: how many digits stand left of the decimal point. */
  private static String layout(String digits, int point) {
    int k = digits.length();
    if (k <= point && point <= 15) {
      return digits + "0".repeat(point - k) + ".0";
    }
    if (0 < point && point <= 15) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (-4 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    int exponent = point - 1;
    String sign = exponent < 0 ? "-" : "+";
    String magnitude = Integer.toString(Math.abs(exponent));
    String two = magnitude.length() < 2 ? "0" + magnitude : magnitude;
    return digits.charAt(0) + (k > 1 ? "." + digits.substring(1) : "") + "e" + sign + two;
  }
}
