package io.github.keywrap.settings;

/**
 * How requests to JD Cloud are signed.
 *
 * @param region that the signature is for, {@code jdcloud-api} where requests name none
 */
public record SigningSettings(SigningScheme scheme, String region) {}
