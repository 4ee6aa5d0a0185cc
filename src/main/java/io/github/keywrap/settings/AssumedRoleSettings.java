package io.github.keywrap.settings;

import java.net.URI;
import java.time.Duration;

/**
 * A role to assume at JD Cloud's STS.
 *
 * @param endpoint of STS
 * @param role its JRN, {@code jrn:iam::ACCOUNT:role/NAME}
 * @param sessionName stands in the account's audit log
 * @param duration for which credentials are asked, an hour at least
 */
public record AssumedRoleSettings(
    URI endpoint, String role, String sessionName, Duration duration) {}
