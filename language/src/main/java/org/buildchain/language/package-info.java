/**
 * The Nix language, version 2.26: parser, lazy evaluator, builtins. Everything that it reads or
 * writes goes through {@link org.buildchain.language.EvalHost}, so that it runs without a disk.
 */
package org.buildchain.language;
