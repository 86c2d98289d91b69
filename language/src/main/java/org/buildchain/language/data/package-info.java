/** Values from and to JSON, TOML and XML. */
package org.buildchain.language.data;
