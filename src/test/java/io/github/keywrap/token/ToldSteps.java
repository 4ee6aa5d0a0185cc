package io.github.keywrap.token;

import io.github.keywrap.domain.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Steps to a key, each with what came of it, as {@code check} prints them. */
final class ToldSteps implements Steps {
  private final List<String> lines = new ArrayList<>();

  @Override
  public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
    T value = step.get();
    lines.add(name + ": " + result.apply(value));
    return value;
  }

  List<String> lines() {
    return lines;
  }
}
