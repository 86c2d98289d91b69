/**
 * Evaluation: values, thunks, scopes resolved to slots, the nodes that run, errors with traces.
 *
 * <p>An expression is resolved once into {@link org.buildchain.language.eval.Node}s whose variables
 * are (depth, index) pairs. A node evaluates to a value in weak head normal form; what need not be
 * evaluated yet is a {@link org.buildchain.language.eval.Thunk}, which any number of threads may
 * force. Evaluation runs on {@link org.buildchain.language.eval.EvalThread}s, which have large
 * stacks.
 */
package org.buildchain.language.eval;
