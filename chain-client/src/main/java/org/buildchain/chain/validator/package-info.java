/** Those who claim outputs, and those who rebuild them for others. */
package org.buildchain.chain.validator;
