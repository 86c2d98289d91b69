package org.buildchain.daemon.settings;

/**
 * A setting that there is.
 *
 * @param initial its value where nothing sets it
 * @param meaning a sentence for users
 */
public record Setting(String name, String initial, String meaning) {}
