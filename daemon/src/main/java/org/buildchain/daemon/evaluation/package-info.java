/** Running an evaluation for a command, and finding the derivations in what it gives. */
package org.buildchain.daemon.evaluation;
