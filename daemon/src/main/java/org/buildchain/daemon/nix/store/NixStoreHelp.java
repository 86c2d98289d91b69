package org.buildchain.daemon.nix.store;

import org.buildchain.daemon.nix.program.NixCommand;
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
      "  --dump, --restore    write a NAR; write files from one",
      "  --export, --import   write store paths with their references; store them elsewhere",
      "  --gc, --delete       remove what nothing keeps alive",
      "  --verify, --verify-path, --repair-path, --check-validity",
      "  --print-env, --read-log, --dump-db, --load-db, --optimise",
      "  --generate-binary-cache-key"
    })
final class NixStoreHelp extends NixCommand {
  @Override
  protected int run() {
    throw usage("no operation specified");
  }
}
