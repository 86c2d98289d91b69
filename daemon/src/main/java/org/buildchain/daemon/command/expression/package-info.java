/** Commands on expressions: {@code bc build}, {@code eval} and {@code instantiate}. */
package org.buildchain.daemon.command.expression;
