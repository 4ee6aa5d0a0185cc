package io.github.keywrap.cli;

import io.github.keywrap.app.KeyRings;
import io.github.keywrap.config.SettingsLoader;
import io.github.keywrap.domain.KeyRing;
import io.github.keywrap.settings.SocketSettings;
import io.github.keywrap.transport.SocketClaim;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Reports every problem that would keep serve from starting; serves nothing.")
final class ConfigCheckCommand implements Callable<Integer> {
  @Mixin private ConfigFile config;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    SettingsLoader.Loaded loaded = config.load();
    SocketSettings socket = loaded.settings().socket();
    SocketClaim.check(socket.path(), socket.group());
    try (KeyRing ring = KeyRings.openToTry(loaded.settings(), new SimpleMeterRegistry())) {
      spec.commandLine()
          .getOut()
          .printf(
              "ok: %s, %d key(s), active: %s%n",
              config.file(), ring.keys().size(), ring.active().name());
    }
    return ExitCode.OK;
  }
}
