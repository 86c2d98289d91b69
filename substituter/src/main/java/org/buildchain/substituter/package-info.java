/**
 * Nix binary caches, both sides. Source of the formats: Nix manual, "Binary Cache", "Signatures",
 * and what Nix's clients send.
 */
package org.buildchain.substituter;
