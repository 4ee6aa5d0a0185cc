package io.github.keywrap.vendor;

import com.jdcloud.sdk.auth.CredentialsProvider;
import com.jdcloud.sdk.auth.StaticCredentialsProvider;
import com.jdcloud.sdk.client.Environment;
import com.jdcloud.sdk.client.JdcloudClient;
import com.jdcloud.sdk.client.JdcloudExecutor;
import com.jdcloud.sdk.http.HttpRequestConfig;
import com.jdcloud.sdk.http.Protocol;
import com.jdcloud.sdk.service.JdcloudRequest;
import com.jdcloud.sdk.service.JdcloudResponse;
import com.jdcloud.sdk.service.JdcloudResult;
import java.net.URI;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts as the vendor's SDK does; the KMS module itself is not published, these are
 * its few lines. What jdcloud-sec/k8s-kms-plugin hands to kube-apiserver is the decoded blob.
 */
public final class VendorKms {
  private final Client client;
  private final String keyId;

  public VendorKms(URI endpoint, String accessKey, String secretKey, String keyId) {
    this.client = new Client(endpoint.getAuthority(), accessKey, secretKey);
    this.keyId = keyId;
  }

  public byte[] encrypt(byte[] plaintext) {
    Request request = new Request(keyId);
    request.plaintext = Base64.getEncoder().encodeToString(plaintext);
    return Base64.getDecoder().decode(call("Encrypt", request).ciphertextBlob);
  }

  public byte[] decrypt(byte[] blob) {
    Request request = new Request(keyId);
    request.ciphertextBlob = Base64.getEncoder().encodeToString(blob);
    return Base64.getDecoder().decode(call("Decrypt", request).plaintext);
  }

  private Result call(String operation, Request request) {
    Response response = new Call(operation).client(client).execute(request);
    if (response.getError() != null) {
      throw new IllegalStateException(response.getError().getMessage());
    }
    return response.getResult();
  }

  /** Public, with fields: the SDK reads them by reflection. */
  public static final class Request extends JdcloudRequest {
    public final String keyId;
    public @Nullable String plaintext;
    public @Nullable String ciphertextBlob;

    Request(String keyId) {
      this.keyId = keyId;
    }
  }

  /** What the SDK fills in. */
  public static final class Result extends JdcloudResult {
    public String plaintext = "";
    public String ciphertextBlob = "";
  }

  /** What the SDK returns. */
  public static final class Response extends JdcloudResponse<Result> {}

  private static final class Call extends JdcloudExecutor {
    private final String operation;

    Call(String operation) {
      this.operation = operation;
    }

    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String url() {
      return "/key/{keyId}:" + operation;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the SDK has it
    public Class<? extends JdcloudResponse> returnType() {
      return Response.class;
    }
  }

  private static final class Client extends JdcloudClient {
    private final String host;
    private final CredentialsProvider credentials;

    Client(String host, String accessKey, String secretKey) {
      this.host = host;
      this.credentials = new StaticCredentialsProvider(accessKey, secretKey);
    }

    @Override
    public CredentialsProvider getCredentialsProvider() {
      return credentials;
    }

    @Override
    public HttpRequestConfig getHttpRequestConfig() {
      return new HttpRequestConfig.Builder().protocol(Protocol.HTTP).build();
    }

    @Override
    public Environment getEnvironment() {
      return new Environment() {
        @Override
        public String getEndpoint() {
          return host;
        }

        @Override
        public String getRealEndPoints() {
          return host;
        }
      };
    }

    @Override
    public String getUserAgent() {
      return "keywrap-test";
    }

    @Override
    public String getServiceName() {
      return "kms";
    }

    @Override
    public String getVersion() {
      return "v1";
    }
  }
}
