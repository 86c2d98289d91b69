/** Commands on flakes: {@code bc flake} and {@code bc search}. */
package org.buildchain.daemon.command.flake;
