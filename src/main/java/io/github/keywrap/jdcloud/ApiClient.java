package io.github.keywrap.jdcloud;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywrap.domain.Deadline;
import io.github.keywrap.jdcloud.CallFailure.Refused;
import io.github.keywrap.jdcloud.CallFailure.Unanswered;
import io.github.keywrap.jdcloud.HttpTransport.Response;
import io.github.keywrap.settings.SigningSettings;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Calls one service of JD Cloud: signs, sends, reads, and tries again what may go better, each time
 * with a new nonce and date, and never past the deadline. Thread-safe.
 */
final class ApiClient {
  private static final Logger LOG = System.getLogger(ApiClient.class.getName());
  private static final int ATTEMPTS = 3;
  private static final int UNAUTHORIZED = 401;
  private static final int SERVER_ERROR = 500;

  /** 50 and 150 ms on average, each up to half longer or shorter: callers do not come in step. */
  private static final IntervalFunction PAUSE =
      IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 3, 0.5);

  /** For the longest pause and an answer: with less, what went wrong is told instead. */
  private static final Duration MIN_TIME_LEFT = Duration.ofMillis(250);

  private final URI endpoint;
  private final HttpTransport transport;
  private final RequestSigner signer;
  private final CredentialSource credentials;
  private final Hedge hedge;
  private final Cooldown cooldown;
  private final InstantSource clock;
  private final ServiceClock serviceClock = new ServiceClock();
  private final RecentRefusals refusals = new RecentRefusals(System::nanoTime);

  /**
   * @param service name in signatures
   * @param requestTimeout after so long without an answer a second request is sent, at the latest
   * @param cooldown how often what can wait is asked while the service limits calls
   */
  ApiClient(
      String service,
      URI endpoint,
      HttpTransport transport,
      SigningSettings signing,
      CredentialSource credentials,
      Duration requestTimeout,
      Duration cooldown,
      InstantSource clock) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.signer = new RequestSigner(signing, service, endpoint.getAuthority());
    this.credentials = credentials;
    this.hedge = new Hedge(requestTimeout);
    this.cooldown = new Cooldown(cooldown, System::nanoTime);
    this.clock = clock;
  }

  /**
   * Like {@link #call}, for what can wait: not asked again soon while the service limits calls.
   *
   * @throws CallFailure if there is no result
   */
  JsonNode ask(ApiRequest request, Deadline deadline) {
    return cooldown.ask(request, () -> call(request, deadline));
  }

  /**
   * The result of a call, an object.
   *
   * @throws CallFailure if there is none
   */
  JsonNode call(ApiRequest request, Deadline deadline) {
    RetryConfig config =
        RetryConfig.<JsonNode>custom()
            .maxAttempts(ATTEMPTS)
            .intervalFunction(PAUSE)
            .retryOnException(
                failure ->
                    failure instanceof CallFailure known
                        && known.isWorthRetrying()
                        && deadline.remaining().compareTo(MIN_TIME_LEFT) >= 0)
            .build();
    return Retry.of("jdcloud", config).executeSupplier(() -> attempt(request, deadline));
  }

  /** The time at the service, as far as its answers can be believed. */
  Instant serviceTime() {
    return serviceClock.nowOr(clock.instant());
  }

  /** One attempt; a second with other credentials where the first were refused. */
  private JsonNode attempt(ApiRequest request, Deadline deadline) {
    Credentials used = credentials.current(deadline);
    try {
      return sendUnlessRefused(request, used, deadline);
    } catch (Refused refused) {
      if (refused.code() != UNAUTHORIZED) {
        throw refused;
      }
      Optional<Credentials> other = credentials.afterRefusal(used, deadline);
      if (other.isEmpty()) {
        throw refused;
      }
      return sendUnlessRefused(request, other.get(), deadline);
    }
  }

  /** What was refused a moment ago is not sent again until other credentials are at hand. */
  private JsonNode sendUnlessRefused(ApiRequest request, Credentials used, Deadline deadline) {
    String operation = request.toString();
    Optional<Refused> known = refusals.of(used, operation);
    if (known.isPresent()) {
      throw known.get();
    }
    try {
      JsonNode result = send(request, used, deadline);
      refusals.accepted(used, operation);
      return result;
    } catch (Refused refused) {
      if (refused.code() == UNAUTHORIZED) {
        refusals.refused(used, operation, refused);
      } else if (isAfterTheSignature(refused.code())) {
        refusals.accepted(used, operation);
      }
      throw refused;
    }
  }

  private JsonNode send(ApiRequest asked, Credentials used, Deadline deadline) {
    ApiRequest request = asked.below(endpoint.getPath());
    if (deadline.isExpired()) {
      throw Unanswered.inTime("no time was left to send it", null);
    }
    Instant now = clock.instant();
    long began = System.nanoTime();
    String outcome = "no answer";
    try {
      Response response =
          hedge.answer(transport.peer(endpoint), () -> start(request, used, deadline), deadline);
      serviceClock.read(response.headers());
      JsonNode result = read(request, response, now);
      outcome = "ok";
      credentials.accepted(used);
      return result;
    } catch (CallFailure failure) {
      outcome = failure.getMessage();
      if (failure instanceof Refused refused && isAfterTheSignature(refused.code())) {
        credentials.accepted(used);
      }
      throw failure;
    } finally {
      if (LOG.isLoggable(Level.DEBUG)) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        LOG.log(Level.DEBUG, "{0}: {1}, {2} ms", request, outcome, took.toMillis());
      }
    }
  }

  private Exchange start(ApiRequest request, Credentials used, Deadline deadline) {
    return transport.start(
        endpoint,
        request,
        signer.sign(request, used, clock.instant(), UUID.randomUUID().toString()),
        deadline);
  }

  private static boolean isAfterTheSignature(int code) {
    return code != UNAUTHORIZED && code < SERVER_ERROR;
  }

  private static JsonNode read(ApiRequest request, Response response, Instant sent) {
    try {
      return Answer.result(
          response.status(),
          response.body(),
          request.answer(),
          () -> ServiceClock.drift(response.headers(), sent));
    } catch (Refused refused) {
      throw refused.isThrottled()
          ? refused.withRetryAfter(RetryAfter.of(response.headers(), sent))
          : refused;
    } finally {
      response.wipe();
    }
  }
}
