package org.buildchain.derivation.realise.outputs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;

/** Stores what was built, all in one step. */
public record NewOutputs(Store store, StorePath drvPath) implements OutputRegistration.Keeper {
  @Override
  public void keep(List<BuiltOutput> outputs) throws IOException {
    List<NewObject> objects = new ArrayList<>();
    for (BuiltOutput o : outputs) {
      objects.add(
          new NewObject(
              o.path(), o.tree(), o.references(), Optional.of(drvPath), true, o.address()));
    }
    store.addObjects(objects);
  }
}
