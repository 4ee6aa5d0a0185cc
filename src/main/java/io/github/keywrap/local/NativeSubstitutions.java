package io.github.keywrap.local;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.AuthenticatedCipherText;
import com.nimbusds.jose.util.Container;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import javax.crypto.SecretKey;

/** What the native executable leaves out of the JOSE library. Without effect on the JVM. */
final class NativeSubstitutions {
  private NativeSubstitutions() {}

  /** XChaCha20-Poly1305 needs Tink, which is not here; keystores use A256GCM only. */
  @TargetClass(className = "com.nimbusds.jose.crypto.impl.XC20P")
  static final class WithoutXChaCha20Poly1305 {
    private WithoutXChaCha20Poly1305() {}

    @Substitute
    @SuppressWarnings("DoNotCallSuggester") // takes the place of one that is called
    public static AuthenticatedCipherText encryptAuthenticated(
        SecretKey key, Container<byte[]> iv, byte[] plaintext, byte[] associatedData)
        throws JOSEException {
      throw new JOSEException("XC20P is not part of this program");
    }

    @Substitute
    @SuppressWarnings("DoNotCallSuggester") // takes the place of one that is called
    public static byte[] decryptAuthenticated(
        SecretKey key, byte[] iv, byte[] ciphertext, byte[] associatedData, byte[] tag)
        throws JOSEException {
      throw new JOSEException("XC20P is not part of this program");
    }
  }
}
