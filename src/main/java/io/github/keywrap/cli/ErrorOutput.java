package io.github.keywrap.cli;

import io.github.keywrap.config.ConfigurationException;
import io.github.keywrap.config.Problem;
import io.github.keywrap.domain.KmsException;
import io.github.keywrap.domain.OperatorException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every error on standard error as {@code error: …}, then {@code hint: …}; never a stack trace. */
final class ErrorOutput implements IExecutionExceptionHandler {
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

  private static int defect(PrintWriter err, Exception failure) {
    Throwable origin = failure;
    while (origin.getCause() != null) {
      origin = origin.getCause();
    }
    String where =
        Arrays.stream(origin.getStackTrace()).findFirst().map(f -> " at " + f).orElse("");
    return print(
        err,
        origin.getClass().getSimpleName() + ": " + origin.getMessage() + where,
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
