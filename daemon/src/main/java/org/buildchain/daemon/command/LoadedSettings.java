package org.buildchain.daemon.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.buildchain.daemon.evaluation.CommandRecord;
import org.buildchain.daemon.settings.SettingsLoader;
import org.buildchain.language.EvalHost;
import org.buildchain.store.format.Octets;

/**
 * That the files of settings say what they said.
 *
 * @param env the caller's, which says where they are
 */
record LoadedSettings(SettingsLoader.Loaded loaded, Path root, Map<String, String> env)
    implements CommandRecord.Condition {
  @Override
  public List<EvalHost.Place> places() {
    return loaded.files().stream()
        .map(f -> new EvalHost.Place(Octets.fromText(f.toAbsolutePath().toString()), true))
        .toList();
  }

  @Override
  public boolean holds() throws IOException {
    return SettingsLoader.load(root, env).equals(loaded);
  }
}
