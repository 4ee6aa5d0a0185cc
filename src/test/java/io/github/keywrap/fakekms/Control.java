package io.github.keywrap.fakekms;

import static java.util.Locale.ROOT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.FullHttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Lets a person or another program tell the fake what to do, by {@code POST /fake/COMMAND…}:
 *
 * <pre>
 *   /fake/fault/NAME[/OPERATION…]          a fault; none: no more
 *   /fake/delay/MILLISECONDS[/OPERATION…]  of every answer
 *   /fake/rate/PER-SECOND[/OPERATION…]     a limit for all of them together; 0: none
 *   /fake/evenly/PER-SECOND[/OPERATION…]   the same, and never two at once
 *   /fake/key/ID/rotate|disable|enable|schedule-deletion|disable-version|enable-version
 *   /fake/key/ID/drop-version|hide-version|list-falsely-once|list-falsely|show-versions
 *   /fake/drop                             every connection
 *   /fake/stats                            what there was so far
 * </pre>
 *
 * An operation is {@code encrypt}, {@code decrypt}, {@code describe-key}, {@code
 * describe-key-detail} or {@code assume-role}; all are meant where none is named.
 */
final class Control {
  private Control() {}

  static Reply answer(FakeKms kms, FullHttpRequest request) {
    List<String> parts = Arrays.asList(request.uri().substring("/fake/".length()).split("/"));
    try {
      return run(kms, parts)
          ? Reply.result(stats(kms))
          : Reply.error(404, "NOT_FOUND", "no such command");
    } catch (IllegalArgumentException e) {
      return Reply.error(400, "INVALID_ARGUMENT", String.valueOf(e.getMessage()));
    }
  }

  private static boolean run(FakeKms kms, List<String> parts) {
    switch (parts.getFirst()) {
      case "fault" -> kms.fault(Fault.valueOf(constant(parts.get(1))), operations(parts));
      case "delay" -> kms.delay(Duration.ofMillis(Long.parseLong(parts.get(1))), operations(parts));
      case "rate" -> kms.rateLimit(Integer.parseInt(parts.get(1)), operations(parts));
      case "evenly" -> kms.rateLimit(Integer.parseInt(parts.get(1)), 1, operations(parts));
      case "key" -> {
        return key(kms.key(parts.get(1)), parts.get(2));
      }
      case "drop" -> kms.dropConnections();
      case "followed" -> kms.countFollowed();
      case "stats" -> {}
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Operation[] operations(List<String> parts) {
    return parts.stream()
        .skip(2)
        .map(name -> Operation.valueOf(constant(name)))
        .toArray(Operation[]::new);
  }

  private static boolean key(FakeKey key, String command) {
    switch (command) {
      case "rotate" -> key.rotate();
      case "disable" -> key.disable();
      case "enable" -> key.enable();
      case "schedule-deletion" -> key.scheduleDeletion();
      case "disable-version" -> key.disableNewestVersion();
      case "enable-version" -> key.enableNewestVersion();
      case "drop-version" -> key.dropNewestVersion();
      case "hide-version" -> key.hideNewestVersion();
      case "show-versions" -> key.showAllVersions();
      case "list-falsely-once" -> key.listFalsely(1);
      case "list-falsely" -> key.listFalsely(Integer.MAX_VALUE);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String constant(String name) {
    return name.toUpperCase(ROOT).replace('-', '_');
  }

  private static ObjectNode stats(FakeKms kms) {
    ObjectNode stats = Reply.JSON.createObjectNode();
    ObjectNode of = stats.putObject("requestsOf");
    for (Operation operation : Operation.values()) {
      of.put(operation.name().toLowerCase(ROOT).replace('_', '-'), kms.requests(operation));
    }
    return stats
        .put("requests", kms.requests())
        .put("connections", kms.connections())
        .put("nonceConflicts", kms.nonceConflicts())
        .put("redirectsFollowed", kms.followed());
  }
}
