package io.github.keywrap.token;

import java.nio.file.Path;

/** Where Debian and Ubuntu put the libraries of this machine's architecture. */
final class SystemLibrary {
  private SystemLibrary() {}

  static Path named(String name) {
    String architecture = System.getProperty("os.arch").replace("amd64", "x86_64");
    return Path.of("/usr/lib", architecture + "-linux-gnu", name);
  }
}
