package io.github.keywrap.cli;

import io.github.keywrap.domain.Envelope;
import io.github.keywrap.domain.OperatorException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Tells, offline, how a ciphertext was made: format, algorithm, key id.",
      "Reads standard input: a ciphertext, raw or in base64, or a whole value from etcd:",
      "  etcdctl get /registry/secrets/NAMESPACE/NAME --print-value-only | keywrap inspect"
    })
final class InspectCommand implements Callable<Integer> {
  private static final int MAX_INPUT = 4_194_304;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    byte[] input = System.in.readNBytes(MAX_INPUT);
    if (input.length == 0) {
      throw new OperatorException("standard input is empty", "see keywrap inspect --help");
    }
    PrintWriter out = spec.commandLine().getOut();
    InspectedValue value = InspectedValue.read(input);
    value.storage().forEach((name, text) -> out.printf("%-13s %s%n", name + ":", text));
    switch (Envelope.parse(value.ciphertext())) {
      case Envelope.Parsed.WellFormed(Envelope envelope) -> print(out, envelope);
      case Envelope.Parsed.Malformed(String reason) -> printOther(out, value, reason);
    }
    return ExitCode.OK;
  }

  private static void printOther(PrintWriter out, InspectedValue value, String reason) {
    int length = value.ciphertext().length;
    if (length == 0) {
      throw new OperatorException(
          "the wrapped key is empty: whatever stored this object has lost its key, nobody can read"
              + " it",
          "write the object anew; see docs/migrate-from-jdcloud-sec.md");
    }
    if (value.storage().isEmpty()) {
      throw new OperatorException(
          "the ciphertext (%d bytes) is no keywrap envelope: %s".formatted(length, reason),
          "it is the bare answer of a KMS, as jdcloud keys have it, or another plugin's, or damaged");
    }
    out.printf(
        "%-13s %s%n",
        "format:",
        value.isOfJdCloud() ? "bare, of JD Cloud KMS" : "bare, as JD Cloud KMS and others have it");
    out.printf("%-13s %d bytes%n", "ciphertext:", length);
  }

  private static void print(PrintWriter out, Envelope envelope) {
    out.printf("%-13s keywrap envelope, format 1%n", "format:");
    out.printf("%-13s %s%n", "algorithm:", envelope.algorithm());
    out.printf("%-13s %s%n", "key id:", envelope.keyId());
    out.printf("%-13s %d bytes%n", "IV:", envelope.iv().length);
    out.printf("%-13s %d bytes%n", "sealed:", envelope.sealed().length);
  }
}
