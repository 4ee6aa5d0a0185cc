package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	kmsv1 "k8s.io/kms/apis/v1beta1"
	kmsv2 "k8s.io/kms/apis/v2"
)

// The :authority that kube-apiserver sends depends on its version and on the API.
func authorities(socket string) map[string]string {
	return map[string]string{
		"localhost, v2 since 1.32":            "localhost",
		"percent-encoded path, v1 since 1.29": url.PathEscape(socket),
		"raw path, until 1.28":                socket,
		"name of an abstract socket":          "@kms.sock",
		"whatever grpc-go sends":              "",
	}
}

func TestBothAPIsRoundTripWithEveryAuthority(t *testing.T) {
	for _, algorithm := range []string{"aes-gcm", "sm4-gcm"} {
		t.Run(algorithm, func(t *testing.T) {
			program := NewProgram(t, algorithm)
			program.Start()
			for name, authority := range authorities(program.Socket()) {
				t.Run(name, func(t *testing.T) {
					client := Dial(t, program.Socket(), authority)
					if version := client.Version(); version.Version != "v1beta1" || version.RuntimeName != "keywrap" {
						t.Errorf("v1 Version: %v", version)
					}
					roundTripV1(t, client)
					roundTripV2(t, client)
				})
			}
			program.Terminate()
		})
	}
}

func TestWhatWasWrappedOpensAfterSIGKILLAndANewStart(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	program.Start()
	client := Dial(t, program.Socket(), "")
	dek, seed := random(t, 32), random(t, 32)
	v1, v2 := client.EncryptV1(dek), client.EncryptV2(seed)

	program.Kill()
	program.Start()

	if !bytes.Equal(client.DecryptV1(v1), dek) {
		t.Error("v1: another plaintext, over the connection from before")
	}
	again := Dial(t, program.Socket(), "localhost")
	if !bytes.Equal(again.DecryptV1(v1), dek) || !bytes.Equal(again.DecryptV2(v2), seed) {
		t.Error("another plaintext, over a new connection")
	}
	if keyID := again.Status().KeyId; keyID != v2.KeyId {
		t.Errorf("key_id was %s and is %s", v2.KeyId, keyID)
	}
}

// kube-apiserver refuses answers that break these rules (k8s.io/apiserver, envelope/kmsv2).
func TestAnswersKeepTheRulesOfKubeApiserver(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	program.Start()
	client := Dial(t, program.Socket(), "localhost")
	answer := client.Status()
	if answer.Version != "v2" || answer.Healthz != "ok" || len(answer.KeyId) == 0 || len(answer.KeyId) > 1024 {
		t.Errorf("v2 Status: %v", answer)
	}
	wrapped := client.EncryptV2(random(t, 32))
	if len(wrapped.Ciphertext) == 0 || len(wrapped.Ciphertext) > 1024 {
		t.Errorf("ciphertext of %d bytes", len(wrapped.Ciphertext))
	}
	if wrapped.KeyId != answer.KeyId || len(wrapped.Annotations) != 0 {
		t.Errorf("key_id %s, annotations %v", wrapped.KeyId, wrapped.Annotations)
	}
	ping := []byte("ping") // kube-apiserver's v1 health check
	if !bytes.Equal(client.DecryptV1(client.EncryptV1(ping)), ping) {
		t.Error("ping did not come back")
	}
}

func TestErrorsHaveTheirCodesAndTheServerServesOn(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	program.Start()
	client := Dial(t, program.Socket(), "localhost")
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	good := client.EncryptV2(random(t, 32))
	altered := bytes.Clone(good.Ciphertext)
	altered[len(altered)-1] ^= 1

	for name, call := range map[string]func() error{
		"empty plaintext": func() error {
			_, err := client.v2.Encrypt(ctx, &kmsv2.EncryptRequest{})
			return err
		},
		"altered ciphertext": func() error {
			_, err := client.v2.Decrypt(ctx, &kmsv2.DecryptRequest{Ciphertext: altered, KeyId: good.KeyId})
			return err
		},
		"key_id of another key": func() error {
			_, err := client.v2.Decrypt(ctx, &kmsv2.DecryptRequest{Ciphertext: good.Ciphertext, KeyId: "local:00"})
			return err
		},
		"wrong version": func() error {
			_, err := client.v1.Encrypt(ctx, &kmsv1.EncryptRequest{Version: "v1", Plain: []byte("x")})
			return err
		},
	} {
		if code := status.Code(call()); code != codes.InvalidArgument {
			t.Errorf("%s: %s", name, code)
		}
	}
	roundTripV1(t, client)
	roundTripV2(t, client)
}

func TestManyCallersOnOneConnection(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	program.Start()
	client := Dial(t, program.Socket(), "")
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			for range 50 {
				roundTripV1(t, client)
			}
		})
	}
	callers.Wait()
}

// A random generator that was seeded when the program was built would repeat itself at every start.
func TestNoTwoStartsGiveTheSameIVs(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	seen := map[string]bool{}
	for range 3 {
		program.Start()
		client := Dial(t, program.Socket(), "localhost")
		for range 10 {
			ciphertext := client.EncryptV1([]byte("ping"))
			iv := ciphertext[6+int(ciphertext[5])+1:][:12]
			if seen[string(iv)] {
				t.Fatalf("IV %x was used twice", iv)
			}
			seen[string(iv)] = true
		}
		program.Kill()
	}
}

func TestTheSocketIsForItsOwnerOnly(t *testing.T) {
	program := NewProgram(t, "aes-gcm")
	program.Start()
	info, err := os.Stat(program.Socket())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func roundTripV1(t *testing.T, client *Client) {
	t.Helper()
	dek := random(t, 32)
	ciphertext := client.EncryptV1(dek)
	if bytes.Contains(ciphertext, dek) || !bytes.Equal(client.DecryptV1(ciphertext), dek) {
		t.Error("v1: not what was wrapped")
	}
}

func roundTripV2(t *testing.T, client *Client) {
	t.Helper()
	seed := random(t, 32)
	wrapped := client.EncryptV2(seed)
	if bytes.Contains(wrapped.Ciphertext, seed) || !bytes.Equal(client.DecryptV2(wrapped), seed) {
		t.Error("v2: not what was wrapped")
	}
}

func random(t *testing.T, length int) []byte {
	t.Helper()
	data := make([]byte, length)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	return data
}
