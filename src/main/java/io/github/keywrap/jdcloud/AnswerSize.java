package io.github.keywrap.jdcloud;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * How much an answer may hold, by what was asked for. All that can be in flight at once has to fit
 * into a small heap: the limits hold while an answer is read, before anything is made of it.
 */
enum AnswerSize {
  /** State of a key, a plaintext of up to 4,095 bytes, or temporary credentials. */
  SMALL(16_384, 250),
  /** A ciphertext of that; the documents do not say how much longer it is. */
  BLOB(32_768, 250),
  /** 100 versions of a key, of some 200 bytes each; one such call at a time. */
  PAGE(131_072, 2_500);

  private static final int MAX_DEPTH = 16;
  private static final int MAX_NAME = 256;

  private final int bytes;

  @SuppressWarnings("ImmutableEnumChecker") // is not changed once it is made
  private final JsonMapper json;

  AnswerSize(int bytes, int tokens) {
    this.bytes = bytes;
    // Names are neither interned nor kept: they are whatever somebody sent.
    this.json =
        JsonMapper.builder(
                JsonFactory.builder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxDocumentLength(bytes)
                            .maxTokenCount(tokens)
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME)
                            .maxStringLength(bytes)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  /** Longest body. */
  int bytes() {
    return bytes;
  }

  /** Reads such an answer, and ends with an exception where it holds more. */
  JsonMapper json() {
    return json;
  }
}
