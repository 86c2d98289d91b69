/**
 * What the realiser needs of its surroundings, and what it tells them: builders, settings, events.
 */
package org.buildchain.derivation.site;
