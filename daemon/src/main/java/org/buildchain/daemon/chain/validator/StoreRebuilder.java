package org.buildchain.daemon.chain.validator;

import java.io.IOException;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.chain.validator.Rebuilder;
import org.buildchain.daemon.chain.output.Derived;
import org.buildchain.daemon.chain.output.Gateways;
import org.buildchain.daemon.chain.output.OutputBlocks;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.realise.Suitability;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StorePath;

/**
 * Rebuilds in the store of this daemon.
 *
 * @param maxDownload derivations with more bytes are declined
 * @param maxTime seconds; builds that take more are declined; 0: any time
 */
record StoreRebuilder(CommandContext context, Settings settings, long maxDownload, long maxTime)
    implements Rebuilder {
  private static final int TIMED_OUT = 101;

  @Override
  public Rebuilt rebuild(Word derivation, long seconds) throws Declined, InterruptedException {
    long most = maxTime > 0 ? Math.min(maxTime, seconds) : seconds;
    try {
      StorePath drvPath =
          new Gateways(context.services().store(), settings)
              .object(Outputs.cid(derivation), maxDownload);
      if (!drvPath.isDerivation()) {
        throw new Declined(Reason.BUILD, "'" + drvPath + "' is no derivation");
      }
      Derived derived = new Derived(context, settings, drvPath);
      check(derived.suitability());
      Derived.Rebuilt rebuilt = derived.rebuild(most);
      OutputBlocks blocks = new OutputBlocks(context.services().root(), settings);
      return new Rebuilt(Outputs.digest(blocks.keep(rebuilt.objects())), rebuilt.seconds());
    } catch (Gateways.TooLarge e) {
      throw new Declined(Reason.SIZE, e.getMessage());
    } catch (BuildException e) {
      retryIfFull(e);
      throw e.exitStatus() == TIMED_OUT
          ? new Declined(Reason.TIME, "the build takes more than " + most + " seconds")
          : new Declined(Reason.BUILD, e.getMessage());
    } catch (CommandException | FormatException | StoreException e) {
      retryIfFull(e);
      throw new Declined(Reason.BUILD, e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void check(Suitability suitability) throws Declined {
    if (suitability.otherSystem().isPresent()) {
      throw new Declined(
          Reason.SYSTEM,
          "it is for '"
              + suitability.otherSystem().get()
              + "', and this machine builds for '"
              + settings.text("system")
              + "'");
    }
    if (!suitability.missingFeatures().isEmpty()) {
      throw new Declined(
          Reason.FEATURES,
          "it requires {"
              + String.join(", ", suitability.missingFeatures())
              + "}, which this machine doesn't have");
    }
  }

  /** The disk may have room again before the deadline. */
  private static void retryIfFull(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("no room")) {
      throw new IllegalStateException(message, e);
    }
  }
}
