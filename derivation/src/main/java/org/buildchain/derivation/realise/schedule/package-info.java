/** Whose builder runs when: a caller's jobs, the machine's places, and who is next in line. */
package org.buildchain.derivation.realise.schedule;
