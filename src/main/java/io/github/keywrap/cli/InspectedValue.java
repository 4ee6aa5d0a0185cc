package io.github.keywrap.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.keywrap.cli.etcd.EncryptedObject;
import io.github.keywrap.domain.OperatorException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ciphertext, taken out of whatever was around it.
 *
 * @param storage what kube-apiserver's own framing says, by name; empty for a bare ciphertext
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one command, is never compared
record InspectedValue(Map<String, String> storage, byte[] ciphertext) {
  private static final String STORED_KEY_ID = "stored key id";
  private static final Pattern PREFIX = Pattern.compile("k8s:enc:([a-z0-9]+):(v[0-9]+):([^:]*):");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]+=*\\s*");

  static InspectedValue read(byte[] input) {
    String text = new String(input, ISO_8859_1);
    Matcher prefix = PREFIX.matcher(text);
    if (prefix.lookingAt()) {
      return fromEtcd(prefix, Arrays.copyOfRange(input, prefix.end(), input.length));
    }
    if (BASE64.matcher(text).matches()) {
      return read(decode(text));
    }
    return new InspectedValue(Map.of(), input);
  }

  /** Whether kube-apiserver has noted beside it that a key of JD Cloud KMS made it. */
  boolean isOfJdCloud() {
    return storage.getOrDefault(STORED_KEY_ID, "").startsWith("jdcloud:");
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new OperatorException("standard input is no complete base64", "copy all of it");
    }
  }

  private static InspectedValue fromEtcd(Matcher prefix, byte[] stored) {
    Map<String, String> storage = new LinkedHashMap<>();
    storage.put(
        "provider", "%s %s, \"%s\"".formatted(prefix.group(1), prefix.group(2), prefix.group(3)));
    return switch (prefix.group(1) + " " + prefix.group(2)) {
      case "kms v1" -> new InspectedValue(storage, wrappedDek(stored));
      case "kms v2" -> v2(storage, stored);
      default ->
          throw new OperatorException(
              "the value is stored by provider " + prefix.group(1) + " " + prefix.group(2),
              "only kms values hold a wrapped key");
    };
  }

  /** v1: two bytes of length, the wrapped DEK, the object. */
  private static byte[] wrappedDek(byte[] stored) {
    int length =
        stored.length < 2
            ? Integer.MAX_VALUE
            : Byte.toUnsignedInt(stored[0]) << Byte.SIZE | Byte.toUnsignedInt(stored[1]);
    if (length > stored.length - 2) {
      throw new OperatorException(
          "the value ends within the wrapped key", "read it with --print-value-only, unaltered");
    }
    return Arrays.copyOfRange(stored, 2, 2 + length);
  }

  private static InspectedValue v2(Map<String, String> storage, byte[] stored) {
    EncryptedObject object = parseV2(stored);
    storage.put(STORED_KEY_ID, object.getKeyId());
    return new InspectedValue(storage, object.getEncryptedDekSource().toByteArray());
  }

  /** etcdctl adds a line feed to the value, which is not part of it. */
  private static EncryptedObject parseV2(byte[] stored) {
    try {
      return EncryptedObject.parseFrom(stored);
    } catch (InvalidProtocolBufferException withLineFeed) {
      try {
        return EncryptedObject.parseFrom(Arrays.copyOf(stored, Math.max(0, stored.length - 1)));
      } catch (InvalidProtocolBufferException e) {
        throw new OperatorException(
            "the value is damaged after its prefix", "read it with --print-value-only, unaltered");
      }
    }
  }
}
