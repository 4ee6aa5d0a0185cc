package io.github.keywrap.token;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** OpenSC's pkcs11-tool, logged in to a token of SoftHSM as its user. */
public final class Pkcs11Tool {
  private Pkcs11Tool() {}

  /** Runs it to its good end, and returns what it says. */
  public static String run(String token, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("pkcs11-tool", "--module", SoftHsm.LIBRARY.toString()));
    command.addAll(List.of("--token-label", token, "--login", "--pin", SoftHsm.PIN));
    command.addAll(List.of(arguments));
    return SoftHsm.run(command);
  }

  /**
   * Makes an AES key.
   *
   * @param type such as AES:32
   * @param more attributes
   */
  public static void makeKey(String token, String type, String label, String id, String... more)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--keygen", "--key-type", type));
    arguments.addAll(List.of("--label", label, "--id", id));
    arguments.addAll(List.of(more));
    String _ = run(token, arguments.toArray(String[]::new));
  }

  /** Puts an AES key of 32 bytes there, with the value that is in a file. */
  public static void importKey(String token, Path value, String label, String id) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--write-object", value.toString()));
    arguments.addAll(List.of("--type", "secrkey", "--key-type", "AES:32"));
    arguments.addAll(List.of("--label", label, "--id", id, "--sensitive", "--private"));
    String _ = run(token, arguments.toArray(String[]::new));
  }

  /** Makes an AES key as keywrap wants one. */
  public static void makeGoodKey(String token, String label, String id) throws Exception {
    makeKey(token, "AES:32", label, id, "--sensitive", "--private");
  }
}
