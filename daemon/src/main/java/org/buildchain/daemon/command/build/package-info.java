/** What a command has built, and what becomes of it: progress, links, paths that are mended. */
package org.buildchain.daemon.command.build;
