package org.buildchain.daemon.settings;

import java.util.regex.Pattern;

/**
 * A setting that there is.
 *
 * @param initial its value where nothing sets it
 * @param meaning a sentence for users
 * @param secret whether its value is words {@code host=token}, of which the tokens are never shown
 */
public record Setting(String name, String initial, String meaning, boolean secret) {
  private static final Pattern TOKEN = Pattern.compile("([^\\s=]*)=\\S+|\\S+");

  /** One that may be shown. */
  Setting(String name, String initial, String meaning) {
    this(name, initial, meaning, false);
  }

  /** A value of this setting as users see it. */
  public String shown(String value) {
    return secret ? TOKEN.matcher(value).replaceAll("$1=(hidden)") : value;
  }
}
