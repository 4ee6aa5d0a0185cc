package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
	kmsv1 "k8s.io/kms/apis/v1beta1"
)

// A kmsClient makes signed requests to the stand-in, which has this account and this key.
type kmsClient struct {
	endpoint string
	http     *http.Client
}

const (
	accessKey = "AKEXAMPLE"
	secretKey = "SKEXAMPLE"
	keyID     = "k8skmsplugintest"
	region    = "jdcloud-api"
)

func (c *kmsClient) call(ctx context.Context, operation, given string, value []byte, wanted string) ([]byte, error) {
	body := fmt.Appendf(nil, `{"keyId":"%s","%s":"%s"}`, keyID, given, base64.StdEncoding.EncodeToString(value))
	path := "/v1/key/" + keyID + "%3A" + operation
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	sign(request, path, body)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var parsed struct{ Result map[string]string }
	if err := json.Unmarshal(answer, &parsed); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(parsed.Result[wanted])
}

func sign(request *http.Request, path string, body []byte) {
	now := time.Now().UTC().Format("20060102T150405Z")
	nonce := rand.Text()
	headers := fmt.Sprintf("content-type:application/json\nhost:%s\nx-jdcloud-date:%s\nx-jdcloud-nonce:%s\n", request.URL.Host, now, nonce)
	const signed = "content-type;host;x-jdcloud-date;x-jdcloud-nonce"
	canonical := strings.Join([]string{request.Method, path, "", headers, signed, digest(body)}, "\n")
	scope := strings.Join([]string{now[:8], region, "kms", "jdcloud2_request"}, "/")
	key := []byte("JDCLOUD2" + secretKey)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	signature := mac(key, strings.Join([]string{"JDCLOUD2-HMAC-SHA256", now, scope, digest([]byte(canonical))}, "\n"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Jdcloud-Date", now)
	request.Header.Set("X-Jdcloud-Nonce", nonce)
	request.Header.Set("Authorization", fmt.Sprintf("JDCLOUD2-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		accessKey, scope, signed, hex.EncodeToString(signature)))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

// A simplePlugin has the shape of jdcloud-sec/k8s-kms-plugin, without its SDK: a Go gRPC server, a
// request with net/http's default pool for each call, nothing read back.
type simplePlugin struct {
	kmsv1.UnimplementedKeyManagementServiceServer
	client *kmsClient
}

func (p *simplePlugin) Encrypt(ctx context.Context, request *kmsv1.EncryptRequest) (*kmsv1.EncryptResponse, error) {
	blob, err := p.client.call(ctx, "Encrypt", "plaintext", request.Plain, "ciphertextBlob")
	return &kmsv1.EncryptResponse{Cipher: blob}, err
}

func (p *simplePlugin) Decrypt(ctx context.Context, request *kmsv1.DecryptRequest) (*kmsv1.DecryptResponse, error) {
	plaintext, err := p.client.call(ctx, "Decrypt", "ciphertextBlob", request.Cipher, "plaintext")
	return &kmsv1.DecryptResponse{Plain: plaintext}, err
}

func serveSimple(socket, endpoint string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	kmsv1.RegisterKeyManagementServiceServer(server, &simplePlugin{client: &kmsClient{endpoint, &http.Client{}}})
	return server.Serve(listener)
}
