/** The page that shows a chain's claims, validators, disputes and tokens. */
package org.buildchain.daemon.explorer;
