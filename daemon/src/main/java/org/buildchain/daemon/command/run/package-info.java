/** Commands that become a program: {@code bc run}, {@code shell} and {@code fmt}. */
package org.buildchain.daemon.command.run;
