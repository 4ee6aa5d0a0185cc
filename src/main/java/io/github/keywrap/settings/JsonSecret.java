package io.github.keywrap.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywrap.domain.OperatorException;
import io.github.keywrap.domain.SecretBytes;
import io.github.keywrap.domain.SystemWords;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A secret that stands in the configuration of jdcloud-sec/k8s-kms-plugin. The characters that the
 * parser makes of it cannot be wiped, and others may read the file if its mode lets them: a file of
 * its own is better.
 *
 * @param file the configuration
 * @param field that holds the secret
 */
public record JsonSecret(Path file, String field) implements SecretSource {
  @Override
  public SecretBytes read() {
    try {
      return JdCloudPluginFile.read(file)
          .field(field)
          .map(JdCloudPluginFile.Field::value)
          .filter(value -> !value.isEmpty())
          .map(this::secret)
          .orElseThrow(
              () ->
                  new OperatorException(
                      description() + " is missing or empty", "write it into the file"));
    } catch (MalformedFileException e) {
      throw new OperatorException(
          "file %s%s %s".formatted(file, e.place(), e.getMessage()),
          "mend it, and save it as UTF-8");
    } catch (IOException e) {
      throw new OperatorException(
          description() + " cannot be read: " + SystemWords.of(e),
          "check that " + file + " is there and is JSON");
    }
  }

  /** Taken literally, as the old plugin does: JSON has no last newline that an editor adds. */
  private SecretBytes secret(String value) {
    return TypedSecret.withoutStrays(
        SecretBytes.owning(value.getBytes(UTF_8)),
        this,
        _ -> "write the secret and nothing else between the quotes of the JSON");
  }

  @Override
  public String identity() {
    return new SecretFile(file).identity();
  }

  @Override
  public String place() {
    return "file " + file;
  }

  @Override
  public String description() {
    return field + " in file " + file;
  }
}
