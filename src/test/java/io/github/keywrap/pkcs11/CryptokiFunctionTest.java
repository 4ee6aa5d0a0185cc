package io.github.keywrap.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CryptokiFunctionTest {
  private static final String METADATA =
      "/META-INF/native-image/io.github.keywrap/pkcs11/reachability-metadata.json";
  private static final Map<MemoryLayout, String> NAMES =
      Map.of(ADDRESS, "void*", JAVA_LONG, "jlong", JAVA_BYTE, "jbyte", JAVA_INT, "jint");

  /** A native executable can call nothing that is not in its metadata. */
  @Test
  void everyDescriptorIsRegisteredForNativeExecutables() throws Exception {
    Set<List<String>> used = new HashSet<>();
    used.add(List.of("jlong", "void*")); // C_GetFunctionList
    used.add(names(ProcessEnd.ON_EXIT));
    for (CryptokiFunction function : CryptokiFunction.values()) {
      used.add(names(function.descriptor()));
    }
    assertThat(registered()).containsExactlyInAnyOrderElementsOf(used);
  }

  private static List<String> names(FunctionDescriptor descriptor) {
    List<String> names = new ArrayList<>();
    names.add(NAMES.get(descriptor.returnLayout().orElseThrow()));
    descriptor.argumentLayouts().forEach(layout -> names.add(NAMES.get(layout)));
    return names;
  }

  private static List<List<String>> registered() throws Exception {
    List<List<String>> registered = new ArrayList<>();
    try (InputStream in = CryptokiFunctionTest.class.getResourceAsStream(METADATA)) {
      for (JsonNode call : new ObjectMapper().readTree(in).at("/foreign/downcalls")) {
        List<String> names = new ArrayList<>();
        names.add(call.get("returnType").asText());
        call.get("parameterTypes").forEach(type -> names.add(type.asText()));
        registered.add(names);
      }
    }
    return registered;
  }
}
