/** Git and Mercurial repositories, read by the caller's programs. Repositories are hostile. */
package org.buildchain.daemon.host.repository;
