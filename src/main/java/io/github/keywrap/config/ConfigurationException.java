package io.github.keywrap.config;

import java.util.List;

/** The configuration cannot be used. Carries every problem, not only the first. */
public final class ConfigurationException extends RuntimeException {
  private final List<Problem> problems;

  public ConfigurationException(List<Problem> problems) {
    super(problems.size() + " problem(s) in the configuration");
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
