/** Trees from archives and single files, with limits on what they may hold. */
package org.buildchain.daemon.host.archive;
