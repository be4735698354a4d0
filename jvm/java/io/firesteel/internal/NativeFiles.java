// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import io.firesteel.FiresteelException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The native libraries that native.properties lists, and their unpacking: into a directory that
 * belongs to this user alone (0700, no link), under temporary names and then moved, each checked
 * against its SHA-256 before it is loaded, whether it was just written or lay there.
 */
final class NativeFiles {
  private static final String FOLDER = "/native/linux-x86_64/";
  private static final int GROUP_OR_WORLD = 077;

  private final Path directory; // null: the jar
  private final Properties facts = new Properties();

  private NativeFiles(Path directory) {
    this.directory = directory;
  }

  static NativeFiles ofJar() {
    NativeFiles files = new NativeFiles(null);
    try (InputStream in = NativeFiles.class.getResourceAsStream(FOLDER + "native.properties")) {
      if (in == null) {
        throw new FiresteelException(
            "native library: this jar has no native code for Linux x86-64. Use the whole"
                + " firesteel.jar, or set -Dfiresteel.native.path to a directory that has it");
      }
      files.facts.load(in);
    } catch (IOException e) {
      throw new FiresteelException("native library: the jar cannot be read: " + e.getMessage(), e);
    }
    return files;
  }

  static NativeFiles ofDirectory(Path directory) {
    NativeFiles files = new NativeFiles(directory);
    files.facts.setProperty("files", "libgomp.so.1,libdnnl.so.3,libfiresteel.so");
    return files;
  }

  private String[] names() {
    return facts.getProperty("files", "").split(",");
  }

  /** The files of a directory that the user named; nothing is written or checked there. */
  List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (String name : names()) {
      if (!Files.exists(directory.resolve(name))) {
        throw new FiresteelException(
            "firesteel.native.path: " + directory + " has no " + name + ". It must hold all of "
                + String.join(", ", names()));
      }
      paths.add(directory.resolve(name));
    }
    return paths;
  }

  /** Unpacks what is missing and returns the verified files; IOException: try another base. */
  List<Path> unpackBelow(Path base) throws IOException {
    Path home = base.resolve("firesteel-" + System.getProperty("user.name") + "-" + key());
    claim(home);
    List<Path> paths = new ArrayList<>();
    for (String name : names()) {
      Path file = home.resolve(name);
      String wanted = facts.getProperty(name + ".sha256", "");
      if (!intact(file, Long.parseLong(facts.getProperty(name + ".size", "-1")), wanted)) {
        unpack(name, file, wanted);
      }
      paths.add(file);
    }
    return paths;
  }

  /** Names the directory after its contents, so that versions live side by side. */
  private String key() {
    MessageDigest digest = sha256();
    for (String name : names()) {
      digest.update(facts.getProperty(name + ".sha256", "").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return hex(digest.digest()).substring(0, 12);
  }

  /** Makes the directory, or accepts it when nobody but this user could have put anything there. */
  static void claim(Path home) throws IOException {
    try {
      Files.createDirectory(
          home,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return;
    } catch (FileAlreadyExistsException e) {
      // Somebody was here before: us, or not.
    }
    String remedy = ". Remove it, or set -Djava.io.tmpdir to a directory of your own";
    if (!Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
      throw new FiresteelException("native library: " + home + " is a link or a file" + remedy);
    }
    Object owner = Files.getAttribute(home, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(Files.getAttribute(Paths.get("/proc/self"), "unix:uid"))) {
      throw new FiresteelException("native library: " + home + " belongs to another user" + remedy);
    }
    int mode = (Integer) Files.getAttribute(home, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & GROUP_OR_WORLD) != 0) {
      throw new FiresteelException(
          "native library: " + home + " is open to other users (mode "
              + Integer.toOctalString(mode & 0777) + ", must be 700)" + remedy);
    }
  }

  private void unpack(String name, Path file, String wanted) throws IOException {
    URL resource = NativeFiles.class.getResource(FOLDER + name);
    if (resource == null) {
      throw new FiresteelException("native library: the jar lacks " + name + "; build it again");
    }
    Path temporary = Files.createTempFile(file.getParent(), name, ".part");
    try {
      try (InputStream in = resource.openStream()) {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!intact(temporary, Files.size(temporary), wanted)) {
        throw new FiresteelException(
            "native library: " + name + " of the jar does not have the SHA-256 that the jar"
                + " lists; the jar is damaged, get it again");
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static boolean intact(Path file, long size, String wanted) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != size) {
      return false;
    }
    MessageDigest digest = sha256();
    byte[] chunk = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    }
    return hex(digest.digest()).equals(wanted);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new FiresteelException("this Java has no SHA-256", e);
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    return text.toString();
  }
}
