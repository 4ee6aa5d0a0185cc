package io.github.keywrap.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywrap.domain.Algorithm;
import io.github.keywrap.settings.GcmIv;
import io.github.keywrap.settings.GcmSettings;
import io.github.keywrap.settings.KeySettings;
import io.github.keywrap.settings.LoginSettings;
import io.github.keywrap.settings.Pkcs11KeySettings;
import io.github.keywrap.settings.SealedKeyPlace;
import io.github.keywrap.settings.SecretFile;
import io.github.keywrap.settings.SunPkcs11KeySettings;
import io.github.keywrap.settings.TokenName;
import io.github.keywrap.settings.TokenProfile;
import io.github.keywrap.settings.TokenProfile.Cbc;
import io.github.keywrap.settings.TokenProfile.Hmac;
import io.github.keywrap.settings.TokenProfile.Sm4Key;
import io.github.keywrap.settings.TokenSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Profiles of keys on tokens, numbers of vendors, and the two drivers. */
final class TokenProfileSettingsTest {
  private static final GcmSettings GCM = new GcmSettings(GcmIv.CLIENT, 12, 48);
  private static final String NATIVE = "token: kms, key-label: kek";
  private static final String SUN =
      "driver: sunpkcs11, slot-list-index: 3, key-label: kek, key-id: \"00112233445566778899\"";

  @TempDir private Path folder;

  @BeforeEach
  void writePin() throws IOException {
    Path pin = Files.writeString(folder.resolve("pin"), "1234");
    Path _ = Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
  }

  private KeySettings load(String way, String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keywrap.yaml"),
            "keywrap: { active: k, keys: { k: { type: pkcs11, library: /lib/p11.so,"
                + " pin: { file: pin }, %s%s } } }".formatted(way, more));
    return new SettingsLoader(file, Map.of()).load().settings().active();
  }

  private TokenProfile profile(String more) throws IOException {
    return ((Pkcs11KeySettings) load(NATIVE, ", " + more)).profile();
  }

  private List<String> problems(String way, String more) {
    return catchThrowableOfType(ConfigurationException.class, () -> load(way, more))
        .problems()
        .stream()
        .map(problem -> problem.message() + " | " + problem.hint())
        .toList();
  }

  /** The numbers of docs/sm4.md: CKK, key generation, CBC, CBC with padding. */
  @ParameterizedTest
  @CsvSource({
    "tass,       80000002, 80000107, 80000109, 8000010c",
    "sansec,     80000106, 80000107, 80000109, 8000a102",
    "sansec-old, 80000106, 8000a001, 8000a200, 8000a201",
    "luna,       80000015, 80000b10, 80000b12, 80000b13",
    "ep11,       80050001, 80050001, 80050002, 80050003",
    "itrus,      80000006, 8000a001, 8000a200, 8000a201",
  })
  void aVendorHasItsNumbers(String vendor, String type, String keyGen, String cbc, String pad)
      throws IOException {
    VendorNumbers numbers = VendorNumbers.PRESETS.get(vendor);
    assertThat(numbers)
        .isEqualTo(new VendorNumbers(hex(type), hex(keyGen), null, hex(cbc), hex(pad)));
    assertThat(profile("algorithm: sm4-cbc-hmac, vendor: " + vendor))
        .isEqualTo(
            new TokenProfile.Sm4CbcHmac(
                new Sm4Key(hex(type), hex(keyGen)),
                new Cbc(hex(cbc), false),
                new Hmac.Sha256(0x10)));
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  @Test
  void eachNumberOverridesTheVendors() throws IOException {
    assertThat(
            profile(
                "algorithm: sm4-cbc-hmac, vendor: tass, key-types: { sm4: \"0x10002\", hmac: 43 },"
                    + " mechanisms: { sm4-key-gen: \"0xffffffffffffffff\", sm4-cbc: \"0x10008\","
                    + " sm3-hmac: 0x80000F01 }"))
        .isEqualTo(
            new TokenProfile.Sm4CbcHmac(
                new Sm4Key(0x10002, -1L), new Cbc(0x10008, false), new Hmac.Sm3(43, 0x80000F01L)));
  }

  @Test
  void numbersDoWithoutAVendor() throws IOException {
    assertThat(
            profile(
                "algorithm: sm4-gcm, mechanisms: { sm4-gcm: \"0x8000010F\" },"
                    + " key-types: { sm4: \"0x80000106\" }"))
        .isEqualTo(new TokenProfile.Sm4Gcm(new Sm4Key(0x80000106L, null), 0x8000010FL, GCM));
    assertThat(
            profile(
                "algorithm: sm4-cbc-hmac, mechanisms: { sm4-cbc-pad: \"0x8000A102\" },"
                    + " key-types: { sm4: \"0x80000106\" }"))
        .isEqualTo(
            new TokenProfile.Sm4CbcHmac(
                new Sm4Key(0x80000106L, null), new Cbc(0x8000A102L, true), new Hmac.Sha256(0x10)));
  }

  @Test
  void theMacDecidesTheAlgorithmOfTheEnvelope() throws IOException {
    String cbc = "algorithm: sm4-cbc-hmac, vendor: tass";
    assertThat(profile(cbc).algorithm()).isEqualTo(Algorithm.SM4_CBC_HMAC);
    assertThat(profile(cbc + ", mechanisms: { sm3-hmac: 0x80000F01 }").algorithm())
        .isEqualTo(Algorithm.SM4_CBC_HMAC_SM3);
  }

  @Test
  void aSealedKeyIsOnTheTokenOrInAFile() throws IOException {
    assertThat(profile("algorithm: sm4-sealed"))
        .isEqualTo(new TokenProfile.Sm4Sealed(GCM, new SealedKeyPlace.OnToken()));
    assertThat(profile("algorithm: sm4-sealed, sealed-key: { file: k.pem }"))
        .isEqualTo(
            new TokenProfile.Sm4Sealed(GCM, new SealedKeyPlace.InFile(folder.resolve("k.pem"))));
  }

  @Test
  void aNumberThatIsMissingIsNamedWithWhatToDo() {
    assertThat(problems(NATIVE, ", algorithm: sm4-gcm"))
        .hasSize(2)
        .allMatch(
            text -> text.contains("is missing, and algorithm: sm4-gcm needs it | set vendor:"))
        .anyMatch(text -> text.startsWith("keywrap.keys.k.mechanisms.sm4-gcm"))
        .anyMatch(text -> text.startsWith("keywrap.keys.k.key-types.sm4"));
    assertThat(problems(NATIVE, ", algorithm: sm4-gcm, vendor: tass"))
        .singleElement()
        .asString()
        .contains("none is known for vendor tass", "docs/sm4.md");
  }

  @Test
  void anUnknownVendorOrNumberIsAProblem() {
    assertThat(problems(NATIVE, ", algorithm: sm4-cbc-hmac, vendor: sansek"))
        .anyMatch(
            text ->
                text.contains(
                    "vendor is \"sansek\", which is none of its values | did you mean sansec? known: "));
    assertThat(
            problems(
                NATIVE, ", algorithm: sm4-cbc-hmac, vendor: tass, mechanisms: { sm4-cbc: cbc }"))
        .anyMatch(text -> text.contains("sm4-cbc is not a number such as 0x80000107"));
  }

  @Test
  void theJdksProviderHasSettingsOfItsOwn() throws IOException {
    SunPkcs11KeySettings key = (SunPkcs11KeySettings) load(SUN, ", check-value: a3dy");
    assertThat(key.slotListIndex()).isEqualTo(3);
    assertThat(key.identity()).isEqualTo("00112233445566778899");
    assertThat(key.checkValue()).asString().isEqualTo("kwr");
  }

  @Test
  void eachDriverRefusesWhatIsForTheOther() {
    assertThat(problems(SUN, ", token: kms, algorithm: sm4-gcm, vendor: tass, check-value: \"?\""))
        .containsExactlyInAnyOrder(
            "keywrap.keys.k.vendor is not for driver: sunpkcs11 | ",
            "keywrap.keys.k.algorithm is \"sm4-gcm\", which is none of its values | known: aes-gcm",
            "keywrap.keys.k.check-value is not base64, as \"keywrap check\" prints it | ");
    assertThat(problems(NATIVE, ", slot-list-index: 0"))
        .containsExactly("keywrap.keys.k.slot-list-index is not for driver: native | ");
    assertThat(problems("driver: sunpkcs11, key-id: \"01\"", ""))
        .anyMatch(text -> text.contains("key-id is missing or under 8 bytes"))
        .anyMatch(text -> text.contains("token is missing, and slot-list-index too"))
        .anyMatch(text -> text.contains("key-label is missing"));
  }

  /** The standard's numbers are of other algorithms: AES would pass as SM4, under SM4's name. */
  @ParameterizedTest
  @CsvSource({
    "key-types: { sm4: \"0x1f\" }, key-types.sm4",
    "key-types: { sm4: \"0x15\" }, key-types.sm4",
    "mechanisms: { sm4-cbc: \"0x1082\" }, mechanisms.sm4-cbc",
    "mechanisms: { sm4-cbc-pad: 0x1085 }, mechanisms.sm4-cbc-pad",
    "mechanisms: { sm4-gcm: 0x1087 }, mechanisms.sm4-gcm",
    "mechanisms: { sm4-key-gen: 0x1080 }, mechanisms.sm4-key-gen",
    "mechanisms: { sm3-hmac: 0x251 }, mechanisms.sm3-hmac",
  })
  void aNumberOfAesIsRefusedForSm4(String numbers, String setting) {
    assertThat(problems(NATIVE, ", algorithm: sm4-cbc-hmac, vendor: tass, " + numbers))
        .singleElement()
        .asString()
        .startsWith("keywrap.keys.k." + setting)
        .contains("PKCS #11 has given to something else, such as AES");
  }

  @Test
  void aesIsUsedWithAMacWhereThereIsNoGcm() throws IOException {
    assertThat(profile("algorithm: aes-cbc-hmac, key-types: { hmac: 0x2b }"))
        .isEqualTo(new TokenProfile.AesCbcHmac(new Hmac.Sha256(0x2b)))
        .extracting(TokenProfile::algorithm)
        .isEqualTo(Algorithm.AES_CBC_HMAC);
  }

  @Test
  void anIvThatIsNotAskedForHas16BytesUnlessSaidOtherwise() throws IOException {
    assertThat(profile("gcm-iv: appended-null"))
        .isEqualTo(new TokenProfile.AesGcm(new GcmSettings(GcmIv.APPENDED_NULL, 16, 48)));
    assertThat(profile("gcm-iv: appended-null, gcm-iv-length: 12"))
        .isEqualTo(new TokenProfile.AesGcm(new GcmSettings(GcmIv.APPENDED_NULL, 12, 48)));
  }

  private TokenSettings token(String more) throws IOException {
    return ((Pkcs11KeySettings) load(NATIVE, more)).token();
  }

  @Test
  void whoMakesKeysIsWhoWrapsUnlessSaidOtherwise() throws IOException {
    LoginSettings user = token(", user-type: 0x80000001").login();
    assertThat(user).isEqualTo(new LoginSettings.WithPin(pin("pin"), 0x80000001L));
    assertThat(token(", user-type: 0x80000001").makerLogin()).isEqualTo(user);
    assertThat(token(", user-type: 0x80000001, keygen: { user-type: user }").makerLogin())
        .isEqualTo(new LoginSettings.WithPin(pin("pin"), 1));
    // Whoever serves may not even see that user's PIN.
    assertThat(token(", keygen: { user-type: 0x2, pin: { file: officer } }").makerLogin())
        .isEqualTo(new LoginSettings.WithPin(pin("officer"), 2));
  }

  private SecretFile pin(String name) {
    return new SecretFile(folder.resolve(name), false);
  }

  @Test
  void aLoginWithoutAPinHasNone() throws IOException {
    String way = "token: kms, key-label: kek, login: ";
    assertThat(problems(way + "none", ""))
        .singleElement()
        .asString()
        .contains("pin.file has no use");
    assertThat(problems(way + "pin-pad", ""))
        .singleElement()
        .asString()
        .contains("pin.file has no use with login: pin-pad | remove it");
    assertThat(withoutPin("login: none")).isEqualTo(new LoginSettings.None());
    assertThat(withoutPin("login: pin-pad")).isEqualTo(new LoginSettings.AtPinPad(1));
  }

  private LoginSettings withoutPin(String login) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keywrap.yaml"),
            "keywrap: { active: k, keys: { k: { type: pkcs11, library: /lib/p11.so, token: kms,"
                + " key-label: kek, %s } } }".formatted(login));
    return ((Pkcs11KeySettings) new SettingsLoader(file, Map.of()).load().settings().active())
        .token()
        .login();
  }

  @Test
  void sessionsAreReadOnlyUnlessSaidOtherwise() throws IOException {
    assertThat(token("").writes()).isFalse();
    assertThat(token(", session: read-write").writes()).isTrue();
    assertThat(token(", library-parameters: \"configdir='sql:/x'\"").library().parameters())
        .isEqualTo("configdir='sql:/x'");
  }

  @Test
  void theJdksProviderTakesATokenByNameToo() throws IOException {
    SunPkcs11KeySettings key =
        (SunPkcs11KeySettings)
            load(
                "driver: sunpkcs11, token: kms, key-label: kek, key-id: \"00112233445566778899\"",
                "");
    assertThat(key.token()).isEqualTo(new TokenName.Label("kms"));
    assertThat(key.slotListIndex()).isNull();
  }
}
