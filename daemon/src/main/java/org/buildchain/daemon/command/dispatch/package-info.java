/** From what a caller typed to the command that runs, and the commands on {@code bc} itself. */
package org.buildchain.daemon.command.dispatch;
