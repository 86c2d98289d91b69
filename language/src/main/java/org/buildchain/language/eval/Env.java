package org.buildchain.language.eval;

/**
 * The variables of one scope, and the scope around it. A {@code with} is a scope whose only slot is
 * the set.
 */
final class Env {
  final Env up;
  final Value[] slots;

  Env(Env up, Value[] slots) {
    this.up = up;
    this.slots = slots;
  }
}
