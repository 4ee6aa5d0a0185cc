package io.github.keywrap.process;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.graalvm.nativeimage.StackValue;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CLongPointer;

/**
 * Calls of the native executable, which is linked to the C library, and may be built without the
 * foreign-function interface. Without effect on the JVM.
 */
final class NativeLibC {
  private NativeLibC() {}

  @CFunction("umask")
  private static native int umask(int mask);

  @CFunction("setrlimit")
  private static native int setrlimit(int resource, CLongPointer limits);

  @TargetClass(LibC.class)
  static final class Linked {
    private Linked() {}

    @Substitute
    static int umask(int mask) {
      return NativeLibC.umask(mask);
    }

    @Substitute
    static void forbidCoreFiles() {
      CLongPointer zero = StackValue.get(2, CLongPointer.class);
      zero.write(0, 0L);
      zero.write(1, 0L);
      int _ = setrlimit(LibC.CORE, zero);
    }
  }
}
