package io.github.keywrap.pkcs11;

import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.device.Connection;
import io.github.keywrap.device.Encrypted;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.domain.KeyWrapper;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.Steps;
import io.github.keywrap.domain.WrappedKey;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.token.SoftHsm;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the way to the token costs: CPU time per pair of wrap and unwrap, of a loop in C, of a
 * session of the binding, and of the key wrapper, in interleaved rounds on one token.
 */
final class TokenPairs {
  private static final int WARM_UP = 20_000;

  private final Pkcs11KeySettings settings;
  private final List<String> loopInC;
  private final int pairs;
  private final Map<String, List<Double>> microseconds = new LinkedHashMap<>();

  private TokenPairs(Pkcs11KeySettings settings, List<String> loopInC, int pairs) {
    this.settings = settings;
    this.loopInC = loopInC;
    this.pairs = pairs;
  }

  /** Arguments: settings file, rounds, pairs in a round, then the loop in C as a command. */
  public static void main(String[] arguments) throws Exception {
    Pkcs11KeySettings settings =
        (Pkcs11KeySettings)
            new SettingsLoader(Path.of(arguments[0]), Map.of()).load().settings().active();
    List<String> loop = new ArrayList<>(List.of(arguments).subList(3, arguments.length));
    loop.add(arguments[2]);
    new TokenPairs(settings, loop, Integer.parseInt(arguments[2]))
        .measure(Integer.parseInt(arguments[1]));
  }

  private void measure(int rounds) throws Exception {
    Deadline deadline = Deadline.after(Duration.ofHours(1));
    try (NativeDriver driver = new NativeDriver(settings);
        Connection connection = driver.connect(deadline, Steps.UNTOLD);
        KeyWrapper wrapper = new Pkcs11BackEnd(settings).open()) {
      byte[] associatedData = new byte[60];
      byte[] plaintext = new byte[32];
      Runnable binding =
          () -> {
            Encrypted sealed = connection.encrypt(associatedData, plaintext, deadline);
            byte[] opened = connection.decrypt(associatedData, sealed, deadline);
            require(Arrays.equals(opened, plaintext));
          };
      Runnable wrapping =
          () -> {
            try (SecretBytes secret = SecretBytes.owning(plaintext.clone())) {
              WrappedKey wrapped = wrapper.wrap(secret, deadline);
              try (SecretBytes opened = wrapper.unwrap(wrapped, deadline)) {
                require(opened.sameAs(secret));
              }
            }
          };
      cpuOf(binding, WARM_UP);
      cpuOf(wrapping, WARM_UP);
      for (int round = 0; round < rounds; round++) {
        String[] ofC = SoftHsm.run(loopInC).strip().split(" ", -1);
        add("loop in C", Double.parseDouble(ofC[0]));
        add("binding", cpuOf(binding, pairs));
        add("key wrapper", cpuOf(wrapping, pairs));
      }
    }
    print(rounds);
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new AssertionError("opened to something else");
    }
  }

  private static double cpuOf(Runnable pair, int times) {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      pair.run();
    }
    return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3 / times;
  }

  private void add(String name, double value) {
    microseconds.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
  }

  private void print(int rounds) {
    System.out.printf(
        "Medians of %d interleaved rounds of %,d pairs, one thread; CPU microseconds per pair.%n%n",
        rounds, pairs);
    System.out.printf("| | µs | lowest–highest | ratio to C |%n|---|---|---|---|%n");
    double base = median(microseconds.getOrDefault("loop in C", List.of(1.0)));
    microseconds.forEach(
        (name, values) ->
            System.out.printf(
                "| %s | %.1f | %.1f–%.1f | **%.2f** |%n",
                name,
                median(values),
                values.stream().min(Double::compare).orElseThrow(),
                values.stream().max(Double::compare).orElseThrow(),
                median(values) / base));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
