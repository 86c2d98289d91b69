/** {@code bc repl}: expressions one by one, with names that stay. */
package org.buildchain.daemon.repl;
