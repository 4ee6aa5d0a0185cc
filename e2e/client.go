package e2e

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	kmsv1 "k8s.io/kms/apis/v1beta1"
	kmsv2 "k8s.io/kms/apis/v2"
	"k8s.io/kms/pkg/util"
)

// kube-apiserver's default for "timeout" in an EncryptionConfiguration.
const callTimeout = 3 * time.Second

// Client speaks both APIs over one connection.
type Client struct {
	t  *testing.T
	v1 kmsv1.KeyManagementServiceClient
	v2 kmsv2.KeyManagementServiceClient
}

// Dial connects as k8s.io/apiserver's envelope services do: the endpoint parsed by k8s.io/kms, a
// dialer for Unix sockets, wait-for-ready calls. An authority of "" leaves it to grpc-go, as
// kube-apiserver's v1 client does.
func Dial(t *testing.T, socket, authority string) *Client {
	t.Helper()
	address, err := util.ParseEndpoint("unix://" + socket)
	if err != nil {
		t.Fatal(err)
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true)),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			return net.DialUnix("unix", nil, &net.UnixAddr{Name: address})
		}),
	}
	if authority != "" {
		options = append(options, grpc.WithAuthority(authority))
	}
	//nolint:staticcheck // grpc.Dial, not NewClient, is what kube-apiserver calls
	connection, err := grpc.Dial(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return &Client{
		t:  t,
		v1: kmsv1.NewKeyManagementServiceClient(connection),
		v2: kmsv2.NewKeyManagementServiceClient(connection),
	}
}

func (c *Client) EncryptV1(plaintext []byte) []byte {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	response, err := c.v1.Encrypt(ctx, &kmsv1.EncryptRequest{Version: "v1beta1", Plain: plaintext})
	if err != nil {
		c.t.Fatalf("v1 Encrypt: %v", err)
	}
	return response.Cipher
}

func (c *Client) DecryptV1(ciphertext []byte) []byte {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	response, err := c.v1.Decrypt(ctx, &kmsv1.DecryptRequest{Version: "v1beta1", Cipher: ciphertext})
	if err != nil {
		c.t.Fatalf("v1 Decrypt: %v", err)
	}
	return response.Plain
}

func (c *Client) Version() *kmsv1.VersionResponse {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	response, err := c.v1.Version(ctx, &kmsv1.VersionRequest{Version: "v1beta1"})
	if err != nil {
		c.t.Fatalf("v1 Version: %v", err)
	}
	return response
}

// TryStatus may fail.
func (c *Client) TryStatus() (*kmsv2.StatusResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return c.v2.Status(ctx, &kmsv2.StatusRequest{})
}

func (c *Client) Status() *kmsv2.StatusResponse {
	c.t.Helper()
	response, err := c.TryStatus()
	if err != nil {
		c.t.Fatalf("v2 Status: %v", err)
	}
	return response
}

func (c *Client) EncryptV2(plaintext []byte) *kmsv2.EncryptResponse {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	response, err := c.v2.Encrypt(ctx, &kmsv2.EncryptRequest{Uid: "e2e", Plaintext: plaintext})
	if err != nil {
		c.t.Fatalf("v2 Encrypt: %v", err)
	}
	return response
}

func (c *Client) DecryptV2(wrapped *kmsv2.EncryptResponse) []byte {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	response, err := c.v2.Decrypt(ctx, &kmsv2.DecryptRequest{
		Uid: "e2e", Ciphertext: wrapped.Ciphertext, KeyId: wrapped.KeyId, Annotations: wrapped.Annotations,
	})
	if err != nil {
		c.t.Fatalf("v2 Decrypt: %v", err)
	}
	return response.Plaintext
}
