package org.buildchain.language.eval;

/**
 * A builtin that is a value.
 *
 * @param name as in {@code builtins}
 * @param global whether the plain name is in scope everywhere; otherwise only {@code __name} is
 */
public record BuiltinConstant(String name, Value value, boolean global) {}
