import java.io.ByteArrayOutputStream;
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
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Makes jars whose classes the JVM's cache takes. It takes no class of Java 5, for which picocli is
 * compiled, and no lambda that mentions one: these get the format of Java 8, with the stack maps
 * that it asks for. And it takes none of a signed jar, whose signature would be checked at each
 * start: what is read here is checked, and written without. Nothing else changes, and a jar that
 * has neither stays as it is.
 *
 * <p>Usage: {@code java tools/CacheableJars.java JAR...}
 */
final class CacheableJars {
  /** The last version that is old. */
  private static final int OLD = ClassFile.JAVA_5_VERSION;

  private CacheableJars() {}

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
          if (!old.isEmpty() || isSealed(in) || in.stream().anyMatch(CacheableJars::isSignature)) {
            rewrite(format, jar, in, Set.copyOf(old));
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

  private static boolean isSealed(JarFile jar) throws IOException {
    return jar.getManifest() instanceof Manifest m
        && m.getMainAttributes().containsKey(Attributes.Name.SEALED);
  }

  private static boolean isSignature(JarEntry entry) {
    return entry.getName().matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
  }

  private static void rewrite(ClassFile format, Path jar, JarFile in, Set<String> old)
      throws IOException {
    Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
    try (OutputStream file = Files.newOutputStream(rewritten);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : (Iterable<JarEntry>) in.stream()::iterator) {
        if (isSignature(entry)) {
          continue;
        }
        String name = entry.getName();
        JarEntry copy = new JarEntry(name);
        // The same jar gives the same bytes.
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        if (name.equals(JarFile.MANIFEST_NAME)) {
          out.write(plain(in.getManifest()));
        } else {
          byte[] content = in.getInputStream(entry).readAllBytes();
          out.write(old.contains(name) ? raised(format, content) : content);
        }
      }
    }
    Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A manifest without what it says of seals, and of thousands of signed classes. */
  private static byte[] plain(Manifest given) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putAll(given.getMainAttributes());
    manifest.getMainAttributes().remove(Attributes.Name.SEALED);
    given
        .getEntries()
        .forEach(
            (name, said) -> {
              Attributes left = new Attributes(said);
              left.keySet().removeIf(k -> k.toString().endsWith("-Digest"));
              if (!left.isEmpty()) {
                manifest.getEntries().put(name, left);
              }
            });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    manifest.write(out);
    return out.toByteArray();
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
