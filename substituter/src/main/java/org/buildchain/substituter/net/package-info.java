/** What both sides of a connection need. */
package org.buildchain.substituter.net;
