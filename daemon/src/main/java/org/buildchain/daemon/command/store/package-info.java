/** Commands on what stands in the store: {@code bc store}, {@code path-info}, {@code log}, … */
package org.buildchain.daemon.command.store;
