package io.github.keywrap.settings;

import static java.util.Locale.ROOT;

import java.net.IDN;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where no proxy is used, as NO_PROXY has it. The rules are those of Go's
 * golang.org/x/net/http/httpproxy, which the old plugin used: names with all that is below them,
 * {@code .name} for what is below it alone, addresses and CIDR blocks, each but the last with a
 * port if one is given, or {@code *} for everything.
 */
public final class ProxyExceptions {
  private final List<Predicate<HostAndPort>> rules;

  private ProxyExceptions(List<Predicate<HostAndPort>> rules) {
    this.rules = List.copyOf(rules);
  }

  /** No place is one. */
  public static ProxyExceptions none() {
    return new ProxyExceptions(List.of());
  }

  /**
   * This host itself, and what a list names; what is no rule in it is passed over.
   *
   * @param list with commas
   */
  public static ProxyExceptions of(String list) {
    List<Predicate<HostAndPort>> rules = new ArrayList<>();
    rules.add(ProxyExceptions::isThisHost);
    for (String item : list.split(",", -1)) {
      rule(item.strip().toLowerCase(ROOT)).ifPresent(rules::add);
    }
    return new ProxyExceptions(rules);
  }

  boolean cover(HostAndPort target) {
    HostAndPort lowerCase = new HostAndPort(ascii(target.host().toLowerCase(ROOT)), target.port());
    return rules.stream().anyMatch(rule -> rule.test(lowerCase));
  }

  private static boolean isThisHost(HostAndPort target) {
    return target.host().equals("localhost")
        || address(target.host()).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private static Optional<Predicate<HostAndPort>> rule(String item) {
    if (item.equals("*")) {
      return Optional.of(_ -> true);
    }
    Optional<Predicate<HostAndPort>> block = block(item);
    if (block.isPresent()) {
      return block;
    }
    Split split = Split.of(item);
    Optional<InetAddress> address = address(split.host());
    if (address.isPresent()) {
      return Optional.of(
          target -> address(target.host()).equals(address) && split.isPort(target.port()));
    }
    return split.host().isEmpty() ? Optional.empty() : Optional.of(names(split));
  }

  private static Predicate<HostAndPort> names(Split split) {
    String name = split.host().startsWith("*.") ? split.host().substring(1) : split.host();
    boolean isItself = !name.startsWith(".");
    String below = ascii(isItself ? "." + name : name);
    return target ->
        (target.host().endsWith(below) || isItself && target.host().equals(below.substring(1)))
            && split.isPort(target.port());
  }

  /**
   * A rule of a list in two.
   *
   * @param port empty: any
   */
  private record Split(String host, String port) {
    static Split of(String item) {
      int colon = item.lastIndexOf(':');
      boolean isBracketed = item.startsWith("[") && item.indexOf(']') == colon - 1;
      boolean hasPort = isBracketed || colon >= 0 && item.indexOf(':') == colon;
      String host = hasPort ? item.substring(0, colon) : item;
      return new Split(
          isBracketed ? host.substring(1, host.length() - 1) : host,
          hasPort ? item.substring(colon + 1) : "");
    }

    boolean isPort(int number) {
      return port.isEmpty() || port.equals(Integer.toString(number));
    }
  }

  /** All addresses with the same first bits. */
  private static Optional<Predicate<HostAndPort>> block(String item) {
    int slash = item.indexOf('/');
    Optional<InetAddress> start = slash < 0 ? Optional.empty() : address(item.substring(0, slash));
    if (start.isEmpty() || !item.substring(slash + 1).matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    byte[] network = start.get().getAddress();
    int bits = Integer.parseInt(item.substring(slash + 1));
    return bits > network.length * Byte.SIZE
        ? Optional.empty()
        : Optional.of(
            target ->
                address(target.host())
                    .filter(address -> sharesBits(address.getAddress(), network, bits))
                    .isPresent());
  }

  private static boolean sharesBits(byte[] address, byte[] network, int bits) {
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    int mask = 0xff00 >> rest;
    return address.length == network.length
        && Arrays.equals(address, 0, whole, network, 0, whole)
        && (rest == 0 || ((address[whole] ^ network[whole]) & mask & 0xff) == 0);
  }

  /** An address that is written out; names are never looked up. */
  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }

  private static String ascii(String name) {
    try {
      return name.chars().allMatch(c -> c < 0x80) ? name : IDN.toASCII(name);
    } catch (IllegalArgumentException noName) {
      return name;
    }
  }

  @Override
  public String toString() {
    return "ProxyExceptions[" + rules.size() + " rules]";
  }
}
