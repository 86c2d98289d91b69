package org.buildchain.daemon.command.flake;

import java.util.Map;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.command.argument.Evaluations;
import org.buildchain.daemon.command.argument.FlakeArgument;
import org.buildchain.daemon.command.argument.InputOptions;
import org.buildchain.language.flake.FetchedFlake;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.hash.Hash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a tree. Source: Nix 2.26 manual, {@code nix flake prefetch}. */
@Command(
    name = "prefetch",
    description = "Fetches what a flake reference means into the store, a flake or not.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc flake prefetch github:NixOS/nixpkgs/nixos-24.11",
      "  bc flake prefetch --json https://example.org/x.tar.gz    hash and path"
    })
final class FlakePrefetchCommand extends BcCommand {
  @Parameters(arity = "0..1", paramLabel = "FLAKE", description = "Default: the flake here.")
  private String flake = ".";

  @Option(names = "--json", description = "Print an object.")
  private boolean json;

  @Mixin private SettingOptions settings;

  @Override
  public Integer call() throws Exception {
    String reference = FlakeArgument.reference(flake, context.caller().invocation().cwd());
    FetchedFlake fetched =
        new Evaluations(context, settings, new InputOptions(), Map.of())
            .ofFlake(reference)
            .run(ev -> FetchedFlake.of(ev, reference));
    DiskStore store = context.services().store();
    Hash hash =
        store
            .query(fetched.path())
            .orElseThrow(
                () ->
                    new CommandException(
                        "path '" + store.dir().print(fetched.path()) + "' is not valid"))
            .narHash();
    if (json) {
      context.messages().println(fetched.json(store.dir(), hash));
    } else {
      context.messages().note(fetched.text(store.dir(), hash));
    }
    return 0;
  }
}
