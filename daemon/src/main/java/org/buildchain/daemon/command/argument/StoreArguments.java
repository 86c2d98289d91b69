package org.buildchain.daemon.command.argument;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.posix.FileStatus;
import org.buildchain.store.posix.Posix;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.RandomAccessTree;

/**
 * Finds the store object that an argument means: a store path, a path in one of the mounts, a path
 * of the host whose links lead there ({@code ./result/bin}), or a CID.
 */
public final class StoreArguments {
  private static final int MAX_LINKS = 40;

  private final DiskStore store;
  private final String view;
  private final String byCid;
  private final String cwd;

  /** For the arguments of one command, whose folder is where relative ones start. */
  public StoreArguments(CommandContext context) {
    this.store = context.services().store();
    this.view = Octets.fromText(context.services().view().toString()) + "/";
    this.byCid = Octets.fromText(context.services().root().resolve("store").toString()) + "/";
    this.cwd = context.caller().invocation().cwd();
  }

  /**
   * An object, and a path within it.
   *
   * @param inside names below the object's root, joined by slashes; empty for the root
   */
  public record Place(StorePath object, String inside) {}

  /**
   * What an argument means.
   *
   * @throws CommandException if that is nothing in the store, or not valid
   */
  public Place resolve(String argument) throws IOException {
    return find(argument)
        .orElseThrow(() -> new CommandException("path '" + argument + "' is not in the Nix store"));
  }

  /**
   * The same; empty if that is nothing in the store.
   *
   * @throws CommandException if it is there and not valid
   */
  Optional<Place> find(String argument) throws IOException {
    Optional<StorePath> object = argument.startsWith("bafy") ? cid(argument) : Optional.empty();
    if (object.isPresent()) {
      return Optional.of(new Place(object.get(), ""));
    }
    Deque<String> todo = new ArrayDeque<>();
    push(todo, CanonicalPath.absolute(argument, cwd));
    String at = "";
    for (int links = 0; !todo.isEmpty(); ) {
      String name = todo.pop();
      if (name.equals("..")) {
        at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      at = at + "/" + name;
      Optional<StorePath> found = object(at);
      if (found.isPresent()) {
        if (!store.isValid(found.get())) {
          throw new CommandException("path '" + at + "' is not valid");
        }
        return Optional.of(new Place(found.get(), String.join("/", todo)));
      }
      Optional<FileStatus> status = Posix.find(at);
      if (status.isPresent() && status.get().type() == FileStatus.Type.SYMLINK) {
        if (++links > MAX_LINKS) {
          throw new CommandException("'" + argument + "': too many levels of symbolic links");
        }
        String target = Posix.readLink(at);
        push(todo, target);
        at = target.startsWith("/") ? "" : at.substring(0, at.lastIndexOf('/'));
      }
    }
    return Optional.empty();
  }

  private static void push(Deque<String> todo, String path) {
    String[] names = path.split("/");
    for (int i = names.length - 1; i >= 0; i--) {
      if (!names[i].isEmpty() && !names[i].equals(".")) {
        todo.push(names[i]);
      }
    }
  }

  private Optional<StorePath> object(String path) {
    try {
      if (path.startsWith(store.dir() + "/")) {
        return Optional.of(store.dir().parse(path));
      }
      if (path.startsWith(view)) {
        return Optional.of(StorePath.parse(path.substring(view.length())));
      }
    } catch (FormatException e) {
      throw new CommandException(e.getMessage());
    }
    return path.startsWith(byCid) ? cid(path.substring(byCid.length())) : Optional.empty();
  }

  private Optional<StorePath> cid(String text) {
    try {
      return store.byObject(text);
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** The object that an argument means; it must not lead into one. */
  public StorePath object(StoreArguments.Place place, String argument) {
    if (!place.inside().isEmpty()) {
      throw new CommandException("'" + argument + "' is inside a store object, not one itself");
    }
    return place.object();
  }

  /** The node at a place, links not followed. */
  public FileTree open(Place place, String argument) throws IOException {
    return look(place)
        .orElseThrow(() -> new CommandException("there is no '" + argument + "' in the store"));
  }

  /** The same; empty if there is none. */
  public Optional<FileTree> look(Place place) throws IOException {
    FileTree node = store.open(place.object());
    for (String name : place.inside().split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      Optional<FileTree> child =
          node instanceof RandomAccessTree.Directory d ? d.child(name) : Optional.empty();
      if (child.isEmpty()) {
        return child;
      }
      node = child.get();
    }
    return Optional.of(node);
  }
}
