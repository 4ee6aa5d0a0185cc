package io.github.keywrap.app;

import io.github.keywrap.domain.KeyEncryptionService;
import io.github.keywrap.observe.BackEndLiveness;
import io.github.keywrap.observe.KeyReadiness;
import io.github.keywrap.observe.ProgramLiveness;
import io.github.keywrap.observe.SocketLiveness;
import io.github.keywrap.observe.ToldHealthCheck;
import io.github.keywrap.settings.Settings;
import io.github.keywrap.transport.FailureLog;
import io.github.keywrap.transport.KmsServer;
import io.github.keywrap.transport.KmsV1Service;
import io.github.keywrap.transport.KmsV2Service;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Makes the program's parts known to the framework. */
@Dependent
final class Producers {
  @Produces
  @Singleton
  Settings settings() {
    return Serving.current().settings();
  }

  @Produces
  @Singleton
  Rings rings() {
    return Serving.current().rings();
  }

  @Produces
  @Singleton
  Termination termination() {
    return Serving.current().termination();
  }

  @Produces
  @Singleton
  KeyEncryptionService service(Rings rings, Settings settings) {
    return new KeyEncryptionService(rings, settings.status());
  }

  @Produces
  @Singleton
  KmsV1Service v1(KeyEncryptionService service, Settings settings) {
    return new KmsV1Service(service, settings.callTimeout(), Version.current());
  }

  @Produces
  @Singleton
  KmsV2Service v2(KeyEncryptionService service, Settings settings) {
    return new KmsV2Service(service, settings.callTimeout());
  }

  @Produces
  @Singleton
  KmsServer server(KmsV1Service v1, KmsV2Service v2, MeterRegistry registry, Settings settings) {
    return new KmsServer(
        Serving.current().claim(),
        List.of(
            io.github.keywrap.transport.v1beta1.KeyManagementServiceGrpc.bindService(v1),
            io.github.keywrap.transport.v2.KeyManagementServiceGrpc.bindService(v2)),
        List.of(new MetricCollectingServerInterceptor(registry), new FailureLog()),
        settings.callTimeout());
  }

  @Produces
  @Singleton
  @SuppressWarnings("deprecation") // the registry that the framework brings
  ManagementEndpoints endpoints(
      Settings settings, SmallRyeHealthReporter health, PrometheusMeterRegistry metrics) {
    return new ManagementEndpoints(
        settings.management(), new ManagementPages(health, metrics).all());
  }

  @Produces
  @Singleton
  @Readiness
  HealthCheck readiness(Rings rings, Settings settings, KmsServer server) {
    return new ToldHealthCheck(
        new KeyReadiness(rings, settings.status(), server::isServing, System::nanoTime));
  }

  @Produces
  @Singleton
  @Liveness
  HealthCheck liveness(KmsServer server) {
    return new ToldHealthCheck(
        new SocketLiveness(server::isReachableWhereMeant, server::unanswered));
  }

  @Produces
  @Singleton
  @Liveness
  HealthCheck programLiveness() {
    return new ProgramLiveness(Serving.current().files()::areIntact);
  }

  @Produces
  @Singleton
  @Liveness
  HealthCheck backEndLiveness(Rings rings) {
    return new ToldHealthCheck(new BackEndLiveness(rings, System::nanoTime));
  }
}
