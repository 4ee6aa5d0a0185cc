package io.github.keywrap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.keywrap.domain.SystemWords;
import java.util.List;

/**
 * Who may know whom. A rule that stands in the way is changed with a decision record, not here
 * alone.
 */
@AnalyzeClasses(
    packages = "io.github.keywrap",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final DescribedPredicate<JavaMethodCall> MESSAGE_OF_A_FOREIGN_EXCEPTION =
      DescribedPredicate.describe(
          "a message of an exception that is not keywrap's is read",
          call ->
              call.getTargetOwner().isAssignableTo(Throwable.class)
                  && !call.getTargetOwner().getPackageName().startsWith("io.github.keywrap")
                  && List.of("getMessage", "getLocalizedMessage", "getOriginalMessage")
                      .contains(call.getName()));

  private static final DescribedPredicate<JavaMethodCall> LOGS_AN_EXCEPTION =
      DescribedPredicate.describe(
          "an exception is logged, with the messages of all its causes",
          call ->
              call.getTargetOwner().isAssignableTo(System.Logger.class)
                  && call.getTarget().getRawParameterTypes().stream()
                      .anyMatch(type -> type.isAssignableTo(Throwable.class)));

  @ArchTest
  static final ArchRule layers =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.github.keywrap..")
          .layer("domain")
          .definedBy("..keywrap.domain..")
          .layer("files")
          .definedBy("..keywrap.files..")
          .layer("settings")
          .definedBy("..keywrap.settings..")
          .layer("config")
          .definedBy("..keywrap.config..")
          .layer("software")
          .definedBy("..keywrap.software..")
          .layer("local")
          .definedBy("..keywrap.local..")
          .layer("device")
          .definedBy("..keywrap.device..")
          .layer("pkcs11")
          .definedBy("..keywrap.pkcs11..")
          .layer("jdcloud")
          .definedBy("..keywrap.jdcloud..")
          .layer("process")
          .definedBy("..keywrap.process..")
          .layer("transport")
          .definedBy("..keywrap.transport..")
          .layer("observe")
          .definedBy("..keywrap.observe..")
          .layer("management")
          .definedBy("..keywrap.management..")
          .layer("app")
          .definedBy("..keywrap.app..")
          .layer("cli")
          .definedBy("..keywrap.cli..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("app")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("transport")
          .mayOnlyBeAccessedByLayers("app", "cli")
          .whereLayer("process")
          .mayOnlyBeAccessedByLayers("transport", "cli")
          .whereLayer("observe")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("management")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("software")
          .mayOnlyBeAccessedByLayers("local", "pkcs11")
          .whereLayer("local")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("device")
          .mayOnlyBeAccessedByLayers("pkcs11")
          .whereLayer("pkcs11")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("jdcloud")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("app", "cli")
          .whereLayer("files")
          .mayOnlyBeAccessedByLayers("settings", "config", "local", "device", "pkcs11", "jdcloud")
          .whereLayer("settings")
          .mayOnlyBeAccessedByLayers(
              "config", "local", "device", "pkcs11", "jdcloud", "app", "cli");

  @ArchTest
  static final ArchRule domainKnowsNoFramework =
      classes()
          .that()
          .resideInAPackage("..keywrap.domain..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "javax.crypto..", "org.jspecify..", "io.github.keywrap.domain..");

  @ArchTest
  static final ArchRule backEndsKnowNoFramework =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..keywrap.files..",
              "..keywrap.software..",
              "..keywrap.local..",
              "..keywrap.device..",
              "..keywrap.pkcs11..",
              "..keywrap.jdcloud..",
              "..keywrap.settings..",
              "..keywrap.config..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.quarkus..", "jakarta..", "io.grpc..", "io.netty..", "io.micrometer..");

  @ArchTest
  static final ArchRule onlyAppKnowsTheFramework =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..app..", "..cli..", "..transport.v1beta1..", "..transport.v2..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.quarkus..", "jakarta.inject..");

  @ArchTest
  static final ArchRule nativeCodeHasTwoHomes =
      noClasses()
          .that()
          .resideOutsideOfPackages("..keywrap.pkcs11..", "..keywrap.process..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  @ArchTest
  static final ArchRule onlyTheSocketSpeaksGrpc =
      noClasses()
          .that()
          .resideOutsideOfPackage("..keywrap.transport..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc..");

  @ArchTest
  static final ArchRule onlySettingsAndJdCloudReadJson =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..keywrap.config..", "..keywrap.settings..", "..keywrap.jdcloud..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml..");

  @ArchTest
  static final ArchRule onlyTheCommandLineWritesToTheConsole =
      noClasses()
          .that()
          .resideOutsideOfPackage("..keywrap.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule onlyTheCommandLineEndsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("..keywrap.cli..")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  /** It may repeat what a parser was reading: a secret key that lacks a quote, for example. */
  @ArchTest
  static final ArchRule nobodyTellsWhatForeignExceptionsSay =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(SystemWords.class.getName())
          // The command line: it repeats what the caller typed.
          .and()
          .doNotHaveSimpleName("ErrorOutput")
          // Finds a number in it, and tells that.
          .and()
          .doNotHaveSimpleName("ProviderFailure")
          // The loader of libraries names files and symbols.
          .and()
          .doNotHaveSimpleName("CryptokiLoader")
          .should()
          .callMethodWhere(MESSAGE_OF_A_FOREIGN_EXCEPTION)
          .orShould()
          .callMethodWhere(LOGS_AN_EXCEPTION);

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("io.github.keywrap.(*)..").should().beFreeOfCycles();
}
