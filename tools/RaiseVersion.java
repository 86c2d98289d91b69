import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Gives old classes in jars the format of Java 8, with the stack maps that it asks for: the JVM's
 * cache takes no class of Java 5 and no lambda that mentions one, and picocli is compiled for it.
 * Nothing else of a class changes. A jar without such classes stays as it is.
 *
 * <p>Usage: {@code java tools/RaiseVersion.java JAR...}
 */
final class RaiseVersion {
  /** The last version that is old. */
  private static final int OLD = ClassFile.JAVA_5_VERSION;

  private RaiseVersion() {}

  public static void main(String[] args) throws IOException {
    List<Path> jars = List.of(args).stream().map(Path::of).toList();
    URL[] all = new URL[jars.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = jars.get(i).toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(all)) {
      ClassFile format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)));
      for (Path jar : jars) {
        try (JarFile in = new JarFile(jar.toFile())) {
          List<String> old = old(in);
          if (!old.isEmpty()) {
            raise(format, jar, in, Set.copyOf(old));
          }
        }
      }
    }
  }

  /** The entries that are old classes. */
  private static List<String> old(JarFile jar) throws IOException {
    List<String> old = new ArrayList<>();
    for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
      if (entry.getName().endsWith(".class")) {
        try (InputStream content = jar.getInputStream(entry)) {
          // JVMS, section 4.1: the major version stands in the seventh and eighth byte.
          byte[] head = content.readNBytes(8);
          if (head.length == 8 && ((head[6] & 0xff) << 8 | head[7] & 0xff) <= OLD) {
            old.add(entry.getName());
          }
        }
      }
    }
    return old;
  }

  private static void raise(ClassFile format, Path jar, JarFile in, Set<String> old)
      throws IOException {
    Path raised = jar.resolveSibling(jar.getFileName() + ".raised");
    try (OutputStream file = Files.newOutputStream(raised);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : (Iterable<JarEntry>) in.stream()::iterator) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        JarEntry copy = new JarEntry(entry.getName());
        // The same jar gives the same bytes.
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(old.contains(entry.getName()) ? raised(format, content) : content);
      }
    }
    Files.move(raised, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] raised(ClassFile format, byte[] content) {
    ClassModel old = format.parse(content);
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    // Bodies that are not made anew would keep what they have.
    ClassTransform bodies = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return format.transformClass(old, version.andThen(bodies));
  }
}
