package io.github.keywrap.domain;

import java.util.function.Function;
import java.util.function.Supplier;

/** Is told of each step of the way to a key, with what came of it, in words. */
public interface Steps {
  /** Tells nobody. */
  Steps UNTOLD =
      new Steps() {
        @Override
        public <T> T step(String name, Supplier<T> step, Function<T, String> result) {
          return step.get();
        }
      };

  /** Runs a step; its exceptions pass through. */
  <T> T step(String name, Supplier<T> step, Function<T, String> result);
}
