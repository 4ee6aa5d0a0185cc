package io.github.keywrap.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lets keywrap be called by the name of the plugin that it replaces, jdcloud-sec/k8s-kms-plugin,
 * with that plugin's one flag: {@code k8s-kms-plugin -f=FILE} is {@code keywrap serve -f=FILE}.
 */
final class JdCloudPluginName {
  /** Where that plugin looks if no file is named. */
  static final String DEFAULT_FILE = "/etc/kubernetes/jdcloud-kms-plugin.json";

  private static final String NAME = "k8s-kms-plugin";

  private JdCloudPluginName() {}

  /** The command line that is meant. bin/keywrap tells its name as the first argument. */
  static String[] translate(String[] args) {
    boolean isToldByArgument = args.length > 0 && args[0].equals(NAME);
    if (!isToldByArgument && !programName().equals(NAME)) {
      return args;
    }
    List<String> rest = Arrays.asList(args).subList(isToldByArgument ? 1 : 0, args.length);
    List<String> line = new ArrayList<>(List.of("serve"));
    if (rest.stream().noneMatch(JdCloudPluginName::namesTheFile)) {
      line.add("-f=" + DEFAULT_FILE);
    }
    line.addAll(rest);
    return line.toArray(String[]::new);
  }

  private static boolean namesTheFile(String argument) {
    return argument.startsWith("-f") || argument.startsWith("--f") || argument.startsWith("-h");
  }

  /** What a native executable was called as: proc(5), {@code /proc/self/cmdline}. */
  private static String programName() {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      String first = new String(line, UTF_8).split("\0", 2)[0];
      return first.substring(first.lastIndexOf('/') + 1);
    } catch (IOException notLinux) {
      return "";
    }
  }
}
