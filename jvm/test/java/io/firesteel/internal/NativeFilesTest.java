// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.FiresteelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the native libraries may be unpacked to, and where not. */
class NativeFilesTest {
  @TempDir Path base;

  private static String refusal(Path directory) {
    return assertThrows(FiresteelException.class, () -> NativeFiles.claim(directory)).getMessage();
  }

  @Test
  void aNewDirectoryIsForItsUserAlone() throws Exception {
    Path home = base.resolve("home");
    NativeFiles.claim(home);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home)));
    NativeFiles.claim(home); // and is accepted the next time
  }

  @Test
  void aLinkIsRefused() throws Exception {
    Path link = base.resolve("link");
    Files.createSymbolicLink(link, Files.createDirectory(base.resolve("target")));
    assertTrue(refusal(link).contains("is a link or a file"), refusal(link));
  }

  @Test
  void aDirectoryThatOthersCanWriteToIsRefused() throws Exception {
    Path home = Files.createDirectory(base.resolve("open"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(refusal(home).contains("mode 777, must be 700"), refusal(home));
  }

  @Test
  void aDirectoryOfSomebodyElseIsRefused() throws Exception {
    Path home = base.resolve("theirs");
    NativeFiles.claim(home);
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(java.nio.file.Paths.get("/proc/self"), "unix:uid")), "needs root");
    Files.setAttribute(home, "unix:uid", 54321, LinkOption.NOFOLLOW_LINKS);
    assertTrue(refusal(home).contains("belongs to another user"), refusal(home));
  }

  @Test
  void aChangedLibraryIsWrittenAgain() throws Exception {
    List<Path> files = NativeFiles.ofJar().unpackBelow(base);
    Path library = files.get(0);
    byte[] whole = Files.readAllBytes(library);
    byte[] changed = whole.clone();
    changed[changed.length / 2] ^= 1;
    Files.write(library, changed);
    NativeFiles.ofJar().unpackBelow(base);
    org.junit.jupiter.api.Assertions.assertArrayEquals(whole, Files.readAllBytes(library));
    try (java.util.stream.Stream<Path> left = Files.list(library.getParent())) {
      assertTrue(left.noneMatch(path -> path.toString().endsWith(".part")));
    }
  }

  @Test
  void aGivenPathMustHoldAllLibraries() {
    NativeFiles files = NativeFiles.ofDirectory(base);
    String text = assertThrows(FiresteelException.class, files::paths).getMessage();
    assertTrue(text.startsWith("firesteel.native.path: ") && text.contains("has no libgomp.so.1"), text);
  }

  @Test
  void otherMachinesAreNamed() {
    FiresteelException e =
        assertThrows(
            FiresteelException.class, () -> NativeLoader.checkMachine("Mac OS X", "aarch64"));
    assertEquals(
        "native library: needs Linux on x86-64, got Mac OS X on aarch64", e.getMessage());
  }
}
