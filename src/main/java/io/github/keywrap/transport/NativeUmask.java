package io.github.keywrap.transport;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.graalvm.nativeimage.c.function.CFunction;

/** The native executable's {@link Umask#hideFromOthers}. Without effect on the JVM. */
@TargetClass(Umask.class)
final class NativeUmask {
  private NativeUmask() {}

  @Substitute
  static void hideFromOthers() {
    int _ = CLibrary.umask(0077);
  }

  /** Of sys/stat.h. */
  static final class CLibrary {
    private CLibrary() {}

    @CFunction("umask")
    static native int umask(int mask);
  }
}
