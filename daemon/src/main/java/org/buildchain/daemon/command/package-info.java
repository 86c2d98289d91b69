/** The commands that a user gives. */
package org.buildchain.daemon.command;
