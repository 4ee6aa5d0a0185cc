package io.github.keywrap.cli;

import static java.util.stream.Collectors.joining;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.config.Problem;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.OperatorException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every error on standard error as {@code error: …}, then {@code hint: …}; never a stack trace. */
final class ErrorOutput implements IExecutionExceptionHandler {
  private static final String OURS = "io.github.keywrap.";

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    PrintWriter err = command.getErr();
    return switch (failure) {
      case ConfigurationException e -> {
        e.problems().forEach(problem -> print(err, problem));
        yield ExitCode.CONFIGURATION;
      }
      case OperatorException e -> print(err, e.getMessage(), e.hint());
      case KmsException e -> print(err, e.getMessage(), "");
      case CheckFailedException e -> print(err, e.getMessage(), "");
      default -> defect(err, failure);
    };
  }

  static void print(PrintWriter err, Problem problem) {
    int _ = print(err, problem.toString(), problem.hint());
  }

  static void warn(PrintWriter err, Problem warning) {
    err.println("warning: " + warning);
    if (!warning.hint().isEmpty()) {
      err.println("hint: " + warning.hint());
    }
    err.flush();
  }

  static int print(PrintWriter err, String message, String hint) {
    err.println("error: " + message);
    if (!hint.isEmpty()) {
      err.println("hint: " + hint);
    }
    err.flush();
    return ExitCode.FAILED;
  }

  /** By its place, and not in its own words: those of a library may repeat a secret. */
  private static int defect(PrintWriter err, Exception failure) {
    Throwable origin = failure;
    while (origin.getCause() != null) {
      origin = origin.getCause();
    }
    List<StackTraceElement> frames = List.of(origin.getStackTrace());
    String where =
        Stream.concat(
                frames.stream().limit(1),
                frames.stream().skip(1).filter(f -> f.getClassName().startsWith(OURS)).limit(1))
            .map(frame -> " at " + frame)
            .collect(joining(","));
    return print(
        err,
        "a defect: " + origin.getClass().getSimpleName() + where,
        "this is a defect in keywrap; please report it with this line");
  }

  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String message = String.valueOf(failure.getMessage()).replaceFirst("^Error: ", "");
    StringWriter suggestions = new StringWriter();
    boolean suggested =
        UnmatchedArgumentException.printSuggestions(failure, new PrintWriter(suggestions, true));
    String hint =
        suggested
            ? suggestions.toString().strip()
            : command.getCommandSpec().qualifiedName() + " --help";
    int _ = print(command.getErr(), message, hint);
    return ExitCode.USAGE;
  }
}
