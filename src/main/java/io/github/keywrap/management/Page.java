package io.github.keywrap.management;

/** What is served at one path. */
@FunctionalInterface
public interface Page {
  /** May take its time; it is called by one thread at a time. */
  Answer render();
}
