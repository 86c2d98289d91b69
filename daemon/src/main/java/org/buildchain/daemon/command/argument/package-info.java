/**
 * What the arguments of commands mean: expressions, flakes, attributes and store paths, the
 * settings and lock files with which they are evaluated.
 */
package org.buildchain.daemon.command.argument;
