/**
 * What {@code builtins.fetchTree} and {@code fetchGit} can fetch, as attributes and as URLs.
 * Nothing is fetched here. Source: Nix 2.26 manual, {@code fetchTree} and "Flake references";
 * {@code libfetchers}.
 */
package org.buildchain.language.fetch;
