package org.buildchain.language.syntax;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** How floating-point numbers are shown: C++ streams' default, {@code %g} with six digits. */
public final class Floats {
  private Floats() {}

  /** {@code %g}: six significant digits, no trailing zeros, exponent outside −4…5. */
  public static String shown(double d) {
    if (Double.isNaN(d)) {
      return Double.doubleToRawLongBits(d) < 0 ? "-nan" : "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(d);
    BigDecimal r = exact.round(new MathContext(6, RoundingMode.HALF_EVEN));
    int exponent = r.precision() - r.scale() - 1;
    String digits = r.stripTrailingZeros().unscaledValue().abs().toString();
    String sign = d < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 6) {
      String mantissa =
          digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      return sign
          + mantissa
          + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    return r.stripTrailingZeros().toPlainString();
  }
}
