package e2e

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Provider is an entry of an EncryptionConfiguration.
type Provider string

const identity Provider = "        - identity: {}\n"

// kmsV1 is the provider that the article configures.
func kmsV1(socket string) Provider {
	return Provider(fmt.Sprintf("        - kms: { name: keywrap-v1, endpoint: 'unix://%s', cachesize: 100, timeout: 3s }\n", socket))
}

func kmsV2(socket string) Provider { return kmsV2Within(3*time.Second, socket) }

// kmsV2Within gives the provider so much time for a call.
func kmsV2Within(timeout time.Duration, socket string) Provider {
	return Provider(fmt.Sprintf("        - kms: { apiVersion: v2, name: keywrap-v2, endpoint: 'unix://%s', timeout: %s }\n", socket, timeout))
}

// token of the administrator; both live as long as a test.
const token = "e2e"

// ControlPlane is a real kube-apiserver on a real etcd, on loopback, driven over its REST API.
type ControlPlane struct {
	t         *testing.T
	folder    string
	etcdURL   string
	port      string
	apiserver *Process
	http      *http.Client
}

// NewControlPlane starts both; the first provider encrypts, all decrypt.
func NewControlPlane(t *testing.T, providers ...Provider) *ControlPlane {
	t.Helper()
	return NewControlPlaneAs(t, configuration(providers))
}

// NewControlPlaneAs starts both with a whole EncryptionConfiguration.
func NewControlPlaneAs(t *testing.T, configuration string) *ControlPlane {
	t.Helper()
	c := &ControlPlane{
		t:       t,
		folder:  Folder(t),
		etcdURL: "http://127.0.0.1:" + freePort(t),
		port:    freePort(t),
		http: &http.Client{
			Timeout: 20 * time.Second,
			// The certificate is the one that kube-apiserver has just made for itself, on loopback.
			Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		},
	}
	peers := "http://127.0.0.1:" + freePort(t)
	etcd := StartProcess(t, c.folder, "etcd", "etcd", "--data-dir", c.path("etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", c.etcdURL, "--advertise-client-urls", c.etcdURL,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default="+peers)
	etcd.Await(func() error { return c.get(c.etcdURL + "/health") })
	c.write("tokens.csv", []byte(token+",admin,admin,system:masters\n"))
	c.writeServiceAccountKey()
	c.write("encryption.yaml", []byte(configuration))
	c.Restart()
	return c
}

// Encrypt restarts kube-apiserver with another list of providers and waits until it is ready.
func (c *ControlPlane) Encrypt(providers ...Provider) {
	c.t.Helper()
	c.write("encryption.yaml", []byte(configuration(providers)))
	c.Restart()
}

func configuration(providers []Provider) string {
	configuration := "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n" +
		"    - resources: [secrets, configmaps]\n      providers:\n"
	for _, provider := range providers {
		configuration += string(provider)
	}
	return configuration
}

// Restart kills kube-apiserver, starts it again and waits until it is ready.
func (c *ControlPlane) Restart() { c.t.Helper(); c.RestartBut() }

// RestartBut does the same, and does not wait for these checks of its readiness.
func (c *ControlPlane) RestartBut(excluded ...string) {
	c.t.Helper()
	c.start()
	c.awaitReady(excluded...)
}

func (c *ControlPlane) start() {
	c.t.Helper()
	if c.apiserver != nil {
		c.apiserver.Kill()
	}
	c.apiserver = StartProcess(c.t, c.folder, "kube-apiserver", os.Getenv("KUBE_APISERVER"),
		"--etcd-servers", c.etcdURL, "--bind-address", "127.0.0.1", "--secure-port", c.port,
		"--cert-dir", c.path("certificates"), "--service-cluster-ip-range", "10.0.0.0/24",
		"--service-account-issuer", "https://e2e", "--service-account-key-file", c.path("sa.pem"),
		"--service-account-signing-key-file", c.path("sa.pem"), "--authorization-mode", "AlwaysAllow",
		"--token-auth-file", c.path("tokens.csv"),
		"--disable-admission-plugins", "ServiceAccount", "--feature-gates", "KMSv1=true",
		"--encryption-provider-config", c.path("encryption.yaml"))
}

func (c *ControlPlane) awaitReady(excluded ...string) {
	c.t.Helper()
	ready := c.url("/readyz") + "?" + url.Values{"exclude": excluded}.Encode()
	c.apiserver.Await(func() error { return c.get(ready) })
	c.apiserver.Await(func() error { return c.get(c.url("/api/v1/namespaces/default")) })
}

// An Object is a Secret or a ConfigMap in the default namespace, with one value.
type Object struct{ Resource, Name, Value string }

func (o Object) path() string { return "/api/v1/namespaces/default/" + o.Resource }

func (o Object) body() map[string]any {
	value := o.Value
	if o.Resource == "secrets" {
		value = base64.StdEncoding.EncodeToString([]byte(value))
	}
	return map[string]any{"metadata": map[string]any{"name": o.Name}, "data": map[string]any{"value": value}}
}

// Create writes the object; an error means that kube-apiserver did not acknowledge it.
func (c *ControlPlane) Create(o Object) error {
	_, err := c.request(http.MethodPost, c.url(o.path()), o.body())
	return err
}

// CreateSecrets writes so many, and demands that each is acknowledged.
func (c *ControlPlane) CreateSecrets(prefix string, count int) []Object {
	c.t.Helper()
	var written []Object
	for i := range count {
		object := Object{"secrets", fmt.Sprintf("%s-%d", prefix, i), fmt.Sprintf("a secret, %s, %d", prefix, i)}
		if err := c.Create(object); err != nil {
			c.t.Fatal(err)
		}
		written = append(written, object)
	}
	return written
}

// Read demands that the object has its value.
func (c *ControlPlane) Read(o Object) {
	c.t.Helper()
	answer, err := c.request(http.MethodGet, c.url(o.path()+"/"+o.Name), nil)
	if err != nil {
		c.t.Errorf("%s/%s cannot be read: %v", o.Resource, o.Name, err)
		return
	}
	var got struct{ Data map[string]string }
	json.Unmarshal(answer, &got)
	if want := o.body()["data"].(map[string]any)["value"]; got.Data["value"] != want {
		c.t.Errorf("%s/%s has another value than was written", o.Resource, o.Name)
	}
}

// Rewrite writes the object again as it is, so that kube-apiserver encrypts it anew.
func (c *ControlPlane) Rewrite(o Object) {
	c.t.Helper()
	answer, err := c.request(http.MethodGet, c.url(o.path()+"/"+o.Name), nil)
	var current map[string]any
	if err == nil {
		json.Unmarshal(answer, &current)
		_, err = c.request(http.MethodPut, c.url(o.path()+"/"+o.Name), current)
	}
	if err != nil {
		c.t.Errorf("%s/%s cannot be rewritten: %v", o.Resource, o.Name, err)
	}
}

// Stored is what etcd holds of the object.
func (c *ControlPlane) Stored(o Object) []byte {
	c.t.Helper()
	key := base64.StdEncoding.EncodeToString([]byte("/registry/" + o.Resource + "/default/" + o.Name))
	answer, err := c.request(http.MethodPost, c.etcdURL+"/v3/kv/range", map[string]any{"key": key})
	if err != nil {
		c.t.Fatal(err)
	}
	var found struct{ Kvs []struct{ Value []byte } }
	if err := json.Unmarshal(answer, &found); err != nil || len(found.Kvs) != 1 {
		c.t.Fatalf("etcd has %d values for %s/%s: %v", len(found.Kvs), o.Resource, o.Name, err)
	}
	return found.Kvs[0].Value
}

// ExpectStored demands the prefix, and that no part of the value can be found in etcd.
func (c *ControlPlane) ExpectStored(o Object, prefix string) {
	c.t.Helper()
	stored := c.Stored(o)
	if !strings.HasPrefix(string(stored), prefix) {
		c.t.Errorf("etcd has %s/%s as %.40q, not as %q", o.Resource, o.Name, stored, prefix)
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(o.Value))
	if bytes.Contains(stored, []byte(o.Value)) || bytes.Contains(stored, []byte(encoded)) {
		c.t.Errorf("etcd has %s/%s in plain", o.Resource, o.Name)
	}
}

func (c *ControlPlane) get(url string) error {
	_, err := c.request(http.MethodGet, url, nil)
	return err
}

func (c *ControlPlane) request(method, url string, body any) ([]byte, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(url, c.url("")) {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, url, response.Status, answer)
	}
	return answer, err
}

func (c *ControlPlane) url(path string) string { return "https://127.0.0.1:" + c.port + path }

func (c *ControlPlane) path(name string) string { return filepath.Join(c.folder, name) }

func (c *ControlPlane) writeServiceAccountKey() {
	c.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		c.t.Fatal(err)
	}
	c.write("sa.pem", pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key),
	}))
}

func (c *ControlPlane) write(name string, content []byte) {
	c.t.Helper()
	if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}
