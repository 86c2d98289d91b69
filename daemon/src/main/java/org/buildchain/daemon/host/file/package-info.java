/** Files and paths of the host and of the store, as an evaluation reads and names them. */
package org.buildchain.daemon.host.file;
