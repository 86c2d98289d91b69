package org.buildchain.daemon.nix;

import picocli.CommandLine.Command;

/** {@code nix-store} without an operation. */
@Command(
    name = "nix-store",
    description = "Works on the store: one of the operations below must be given.",
    footerHeading = "%nOperations ('nix-store OPERATION --help' says more):%n",
    footer = {
      "  --realise, -r        build derivations",
      "  --query, -q          say what is known of paths",
      "  --add, --add-fixed   copy files into the store",
      "  --print-fixed-path   the path of content with a known digest",
      "  --dump               write a NAR",
      "  --export             write store paths with their references",
      "  --gc, --delete       remove what nothing keeps alive",
      "  --verify, --verify-path, --check-validity",
      "  --print-env, --read-log, --dump-db, --optimise"
    })
final class NixStoreHelp extends NixCommand {
  @Override
  int run() {
    throw usage("no operation specified");
  }
}
