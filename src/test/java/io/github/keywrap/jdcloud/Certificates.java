package io.github.keywrap.jdcloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/** A certificate authority of the JDK's keytool, and what it certifies. */
final class Certificates {
  private static final String PASSWORD = "of no value";

  private final Path folder;
  private final Path store;

  /**
   * @param name of files in the folder
   */
  Certificates(Path folder, String name) throws Exception {
    this.folder = Files.createDirectories(folder.resolve(name));
    this.store = this.folder.resolve("keys.p12");
    keytool("-genkeypair -alias ca -keyalg EC -dname CN=" + name + " -ext bc:c");
    keytool("-exportcert -alias ca -rfc -file " + authority());
  }

  /** Its own certificate, PEM. */
  Path authority() {
    return folder.resolve("ca.pem");
  }

  /** A server with a certificate for a name, such as {@code ip:127.0.0.1}. */
  SslContext server(String name) throws Exception {
    return server(name, "-1d", 10);
  }

  /**
   * @param start of validity, from now, such as {@code -5d}
   * @param days of validity
   */
  SslContext server(String name, String start, int days) throws Exception {
    Path request = folder.resolve("request.pem");
    Path certificate = folder.resolve("certificate.pem");
    keytool("-genkeypair -alias k -keyalg EC -dname CN=fake");
    keytool("-certreq -alias k -file " + request);
    keytool(
        "-gencert -alias ca -rfc -infile %s -outfile %s -ext SAN=%s -startdate %s -validity %d"
            .formatted(request, certificate, name, start, days));
    keytool("-importcert -noprompt -alias k -file " + certificate);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    keys.deleteEntry("ca");
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    keytool("-delete -alias k");
    return SslContextBuilder.forServer(factory).build();
  }

  private void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", arguments, output).isZero();
  }
}
