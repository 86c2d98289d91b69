/**
 * Regular expressions of the builtins {@code match} and {@code split}: read into a tree, made into
 * a graph of states, searched. {@link org.buildchain.language.regex.Regex} is the way in.
 */
package org.buildchain.language.regex;
