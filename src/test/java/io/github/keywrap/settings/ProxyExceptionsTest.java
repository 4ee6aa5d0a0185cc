package io.github.keywrap.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NO_PROXY, with the cases of golang.org/x/net/http/httpproxy's own rules. */
final class ProxyExceptionsTest {
  private static final String LIST =
      "foobar.com, .barbaz.net, *.star.org, ported.com:8443, 192.168.1.1, 192.168.1.2:81,"
          + " 10.0.0.0/30, 2001:db8::/64, [2001:db9::1]:80, 2001:db9::2, , :80, 1.2.3.4/99";

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          https://localhost,                 true
          https://localhost:8080,            true
          https://127.0.0.1,                 true
          https://127.3.2.1:99,              true
          http://[::1]:80,                   true
          https://notlocalhost,              false
          https://foobar.com,                true
          https://FooBar.COM:99,             true
          https://www.foobar.com,            true
          https://barfoobar.com,             false
          https://foobar.com.au,             false
          https://barbaz.net,                false
          https://www.barbaz.net,            true
          https://star.org,                  false
          https://a.b.star.org,              true
          https://ported.com:8443,           true
          https://ported.com,                false
          https://a.ported.com:8443,         true
          https://192.168.1.1,               true
          https://192.168.1.1:99,            true
          http://192.168.1.2:81,             true
          http://192.168.1.2,                false
          https://192.168.1.3,               false
          https://10.0.0.3,                  true
          https://10.0.0.4,                  false
          https://[2001:db8::52:0:1],        true
          https://[2001:db8:1::1],           false
          http://[2001:db9::1],              true
          https://[2001:db9::1],             false
          https://[2001:db9::2]:99,          true
          https://1.2.3.4,                   false
          https://kms_1.foobar.com,          true
          """)
  void coversWhatGoCovers(URI endpoint, boolean covered) {
    assertThat(ProxyExceptions.of(LIST).cover(HostAndPort.of(endpoint))).isEqualTo(covered);
  }

  @Test
  void anAsteriskIsEverythingAndNothingIsThisHost() {
    HostAndPort kms = new HostAndPort("kms.example", 443);
    assertThat(ProxyExceptions.of("other.example, *").cover(kms)).isTrue();
    assertThat(ProxyExceptions.of("").cover(kms)).isFalse();
    assertThat(ProxyExceptions.of("").cover(new HostAndPort("localhost", 443))).isTrue();
    assertThat(ProxyExceptions.none().cover(new HostAndPort("localhost", 443))).isFalse();
  }
}
