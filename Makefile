# The front door. "make help" lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export JAVA_HOME := $(shell src/main/scripts/find-jdk jdk)
MVN := mvn -B -ntp
PROGRAM := target/keywrap/bin/keywrap
SOURCES := pom.xml $(shell find src/main deploy -type f)

.PHONY: help run run-hsm run-jdcloud fake-kms test e2e native it-native e2e-native cluster bench bench-rates bench-start bench-token bench-kms fuzz soak advisories dist format clean packages

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

packages:
	@test -n "$$JAVA_HOME"
	@scripts/install-packages mvn=maven

$(PROGRAM): $(SOURCES)
	@$(MAKE) --no-print-directory packages
	$(MVN) -q package -DskipTests
	@touch $@

run: $(PROGRAM) ## build what is missing and serve from a throw-away keystore on target/run/kms.sock
	@scripts/run-local

run-hsm: $(PROGRAM) ## the same from a key on a SoftHSM token; ALGORITHM=aes-gcm, aes-cbc-hmac, sm4-sealed, sm4-gcm or sm4-cbc-hmac
	@scripts/run-hsm $(or $(ALGORITHM),aes-gcm)

run-jdcloud: $(PROGRAM) ## the same from a stand-in for JD Cloud KMS, with the JSON of jdcloud-sec/k8s-kms-plugin
	@scripts/run-jdcloud

fake-kms: packages ## the stand-in alone, on 127.0.0.1:18080
	@scripts/fake-kms $(PORT)

test: packages ## build and run all tests
	@scripts/install-packages pkcs11-tool=opensc python3=python3
	@scripts/install-token-packages
	@scripts/install-other-tokens
	$(MVN) verify
	@touch $(PROGRAM)

e2e: $(PROGRAM) ## drive the built program with Kubernetes' own KMS client (Go)
	@e2e/run

native: ## build the native executable target/keywrap-native/bin/keywrap (needs GraalVM 25)
	@scripts/build-native $(NATIVE_ARGS)

# Not those about its launcher and archive, nor those with a token, which not every toolchain can call.
NATIVE_ITS := CallsIT,CommandsIT,ConnectionsIT,JdCloudIT,ManagementIT,OutsideIT,ReadOnlyIT,ServeIT,SocketIT,UnreadAnswersIT,UnreadOutputIT
it-native: packages ## the same tests of the program as on the JVM, on the native executable
	$(MVN) -q test-compile failsafe:integration-test failsafe:verify -Dsurefire.reportNameSuffix=native \
	  -Dkeywrap.program=$(CURDIR)/target/keywrap-native/bin/keywrap -Dit.test=$(NATIVE_ITS)

e2e-native: ## the end-to-end tests, on the native executable
	@KEYWRAP=$(CURDIR)/target/keywrap-native/bin/keywrap REPORT=go-test-native e2e/run

cluster: $(PROGRAM) ## a local control plane that encrypts with what "make run" serves
	@e2e/local-cluster

bench: bench-rates bench-kms ## measure rates, update docs/performance.md

bench-rates: packages $(PROGRAM) ## of these, against a bare grpc-java server
	@e2e/bench/run $(BENCH_ARGS)

bench-kms: packages $(PROGRAM) ## of these, on the stand-in for JD Cloud KMS
	@e2e/bench/kms $(BENCH_ARGS)

bench-start: packages $(PROGRAM) ## measure start and memory, update docs/performance.md
	@e2e/bench/start

bench-token: packages $(PROGRAM) ## measure the way to a SoftHSM token next to C, update docs/performance.md
	@scripts/install-packages softhsm2-util=softhsm2 gcc=gcc
	@e2e/bench/token

fuzz: packages ## look for inputs that break the envelope parser, for a minute
	JAZZER_FUZZ=1 $(MVN) -q test -Dtest=EnvelopeFuzzTest

SOAK ?= 1h
soak: $(PROGRAM) ## abuse the program as another local user would (run as root), for SOAK=1h
	@cd e2e && SOAK=$(SOAK) go test -tags soak -count=1 -timeout 0 -v -run 'TestAnUnprivilegedUser' .

advisories: $(PROGRAM) ## compare the libraries of the program with the advisories that are known
	@scripts/install-packages python3=python3
	@scripts/check-advisories

dist: $(PROGRAM) ## make target/keywrap/ with an AOT cache for this JDK, and target/keywrap.tar.gz without
	@target/keywrap/bin/aot-cache find >/dev/null 2>&1 || target/keywrap/bin/aot-cache make
	@ls -sh target/keywrap.tar.gz "$$(target/keywrap/bin/aot-cache find)"

format: packages ## format the Java code
	$(MVN) -q spotless:apply

clean: ## remove everything that was built
	rm -rf target
