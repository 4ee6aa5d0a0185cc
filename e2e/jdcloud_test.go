package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// A JDCloudProgram is keywrap with the JSON of jdcloud-sec/k8s-kms-plugin, and a stand-in for the KMS.
type JDCloudProgram struct {
	*Program
	port string
}

// NewJDCloudProgram starts the stand-in and writes the article's configuration for it. keywrap has the
// old plugin's name, as an image may give it.
func NewJDCloudProgram(t *testing.T) *JDCloudProgram {
	t.Helper()
	p := &JDCloudProgram{&Program{t: t, folder: Folder(t), told: "format:       bare, "}, freePort(t)}
	kms := StartProcess(t, p.folder, "kms", "../scripts/fake-kms", p.port)
	kms.Await(func() error { _, err := p.control("stats"); return err })
	p.write("jdcloud-kms-plugin.json", fmt.Sprintf(`{
    "AccessKey": "AKEXAMPLE",
    "SecretKey": "SKEXAMPLE",
    "KmsEndpoint": "127.0.0.1:%s",
    "KmsKeyId": "k8skmsplugintest",   # comments, as the article has them
    "KmsSchema": "http",
    "GRPCSocketPath": "%s"
}`, p.port, p.Socket()))
	program, err := filepath.Abs(executable())
	if err == nil {
		err = os.Symlink(program, p.path("k8s-kms-plugin"))
	}
	if err != nil {
		t.Fatal(err)
	}
	p.name, p.serve = p.path("k8s-kms-plugin"), []string{"-f=" + p.path("jdcloud-kms-plugin.json")}
	t.Setenv("KEYWRAP_STATE_DIRECTORY", p.path("state"))
	t.Setenv("KEYWRAP_HEALTH_INTERVAL", "500ms")
	t.Setenv("KEYWRAP_KEYS_JDCLOUD_VERSION_INTERVAL", "500ms")
	return p
}

type kmsStats struct {
	Requests, Connections, NonceConflicts, RedirectsFollowed int
}

// control tells the stand-in what to do: see src/test/java/io/github/keywrap/fakekms/Control.java.
func (p *JDCloudProgram) control(command string) (kmsStats, error) {
	response, err := http.Post("http://127.0.0.1:"+p.port+"/fake/"+command, "", nil)
	if err != nil {
		return kmsStats{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", command, response.Status, body)
	}
	var answer struct{ Result kmsStats }
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	return answer.Result, err
}

func (p *JDCloudProgram) tell(command string) kmsStats {
	p.t.Helper()
	stats, err := p.control(command)
	if err != nil {
		p.t.Fatal(err)
	}
	return stats
}

// What jdcloud-sec/k8s-kms-plugin answers with an empty ciphertext and OK, and what else a KMS can do.
var kmsFaults = []string{
	"unauthorized", "forbidden", "not-found", "failed-precondition", "rate-limited", "retry-later",
	"rate-limited-by-a-proxy", "rate-limited-with-200", "request-timeout", "quota-exceeded",
	"internal-error", "unavailable", "forbidden-by-a-proxy", "error-with-200", "error-of-no-kind", "no-result",
	"null-result", "missing-field", "empty-field", "number-for-field", "not-base64", "unpadded-base64",
	"field-twice", "something-after-it", "empty-body", "html-with-200", "truncated-json", "truncated-body", "gzip",
	"accepted", "redirect", "endless-body", "slow-body", "no-answer", "dropped", "not-http", "wrong-blob",
	"other-blob", "sent-back", "sent-back-in-base64", "echo",
}

// No acknowledged write is ever unreadable, whatever the KMS answers.
func TestNoAcknowledgedWriteIsLostWhateverTheKMSAnswers(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV1(keywrap.Socket()), identity)
	var written []Object
	create := func(name string) error {
		object := Object{"secrets", name, "a secret, " + name}
		err := cluster.Create(object)
		if err == nil {
			written = append(written, object)
		}
		return err
	}
	for _, fault := range kmsFaults {
		keywrap.tell("fault/" + fault + "/encrypt")
		for i := range 3 {
			if err := create(fmt.Sprintf("%s-%d", fault, i)); err == nil {
				t.Errorf("%s: a write was acknowledged", fault)
			}
		}
		keywrap.tell("fault/none")
		recovered := false
		for begun := time.Now(); !recovered && time.Since(begun) < 10*time.Second; {
			recovered = create("after-"+fault) == nil
		}
		if !recovered {
			t.Fatalf("%s: writes do not work again\n%s", fault, keywrap.process.Log())
		}
	}
	cluster.Restart()
	for _, object := range written {
		cluster.Read(object)
	}
	if stats := keywrap.tell("stats"); stats.NonceConflicts > 0 || stats.RedirectsFollowed > 0 {
		t.Errorf("the KMS saw %+v", stats)
	}
	if len(written) < len(kmsFaults) {
		t.Errorf("only %d writes were acknowledged", len(written))
	}
}

// With KMS v1 reads need Decrypt alone, also in a kube-apiserver and a keywrap that have just started.
func TestARestartedKubeAPIServerReadsEverythingWhileOnlyEncryptFails(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV1(keywrap.Socket()), identity)
	written := cluster.CreateSecrets("kept", 10)
	for _, fault := range []string{"unavailable", "dropped", "rate-limited", "forbidden"} {
		keywrap.tell("fault/" + fault + "/encrypt")
		keywrap.Kill()
		keywrap.Start()
		cluster.RestartBut("kms-provider-0") // it encrypts "ping" to see whether that works
		for _, object := range written {
			cluster.Read(object)
		}
		if err := cluster.Create(Object{"secrets", "refused-" + fault, "a secret"}); err == nil {
			t.Errorf("%s: a write was acknowledged", fault)
		}
		keywrap.tell("fault/none")
		await(t, func() bool { return cluster.Create(Object{"secrets", "after-" + fault, "a secret"}) == nil })
	}
}

// With KMS v2 a kube-apiserver that runs goes on reading and writing. One that starts asks for an Encrypt
// before it reads anything: it reads as soon as that works, without another restart.
func TestWithV2WhatOnlyEncryptDoesNotDoHoldsUpAStartAlone(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV2(keywrap.Socket()), identity)
	before, during := Object{"secrets", "before", "a secret"}, Object{"secrets", "during", "another"}
	if err := cluster.Create(before); err != nil {
		t.Fatal(err)
	}
	client := Dial(t, keywrap.Socket(), "localhost")
	seed := random(t, 32)
	wrapped := client.EncryptV2(seed)
	keywrap.tell("fault/unavailable/encrypt")
	await(t, func() bool { answer, err := client.TryStatus(); return err == nil && answer.Healthz != "ok" })
	for range 50 {
		if !equal(client.DecryptV2(wrapped), seed) {
			t.Fatal("another plaintext")
		}
	}
	if err := cluster.Create(during); err != nil {
		t.Errorf("a running kube-apiserver holds a seed, and does not write: %v", err)
	}
	cluster.Read(before)
	cluster.start()
	cluster.apiserver.Await(func() error { return cluster.get(cluster.url("/livez/ping")) })
	if err := cluster.get(cluster.url(before.path() + "/" + before.Name)); err == nil {
		t.Error("kube-apiserver reads without an Encrypt: docs/failure-modes.md says that it does not")
	}
	keywrap.tell("fault/none")
	cluster.awaitReady()
	cluster.Read(before)
	cluster.Read(during)
}

// A read is one call of the KMS and fits into kube-apiserver's 3 s, and so does a write under v1, for which no time
// is left to read it back. With v2 the one Encrypt of a start is always read back, which is two calls.
func TestAKMSThatTakesTwoAndAHalfSecondsServes(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	keywrap.tell("delay/2500")
	v1, v2 := kmsV1(keywrap.Socket()), kmsV2Within(10*time.Second, keywrap.Socket())
	for name, provider := range map[string]Provider{"v1": v1, "v2": v2} {
		t.Run(name, func(t *testing.T) {
			cluster := NewControlPlane(t, provider, identity)
			written := cluster.CreateSecrets("slow", 3)
			cluster.Restart()
			for _, object := range written {
				cluster.ExpectStored(object, "k8s:enc:kms:"+name+":")
				cluster.Read(object)
			}
		})
	}
}

// A kept-alive connection that ends while a GET is on it is where an HTTP client sends again by itself.
func TestNoRequestToTheKMSGoesOutTwice(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	client := Dial(t, keywrap.Socket(), "")
	dek := random(t, 32)
	for range 20 {
		keywrap.tell("drop")
		if !equal(client.DecryptV1(client.EncryptV1(dek)), dek) {
			t.Fatal("another plaintext")
		}
	}
	before := keywrap.tell("fault/dropped").Requests
	await(t, func() bool { return keywrap.tell("stats").Requests > before+10 }) // probes, looks at the versions
	keywrap.tell("fault/none")
	if stats := keywrap.tell("stats"); stats.NonceConflicts > 0 {
		t.Errorf("the KMS saw %+v", stats)
	}
}

// The state directory of a pod that mounts none: gone at each start, and nothing depends on it.
func (p *JDCloudProgram) startWithoutState() {
	p.t.Helper()
	if err := os.RemoveAll(p.path("state")); err != nil {
		p.t.Fatal(err)
	}
	p.Start()
}

// awaitOtherKeyId returns the key id that v2 Status answers, once it is not that one.
func (p *JDCloudProgram) awaitOtherKeyId(before string) string {
	p.t.Helper()
	client := Dial(p.t, p.Socket(), "localhost")
	var now string
	await(p.t, func() bool {
		answer, err := client.TryStatus()
		if err == nil && answer.Healthz == "ok" {
			now = answer.KeyId
		}
		return now != before
	})
	return now
}

// Whatever the list of versions says: what any node wrote opens if the KMS opens it, and kube-apiserver,
// which needs v2 Status and Encrypt before it reads anything, starts.
func TestKubeApiserverReadsEverythingBesideAKeywrapWithoutState(t *testing.T) {
	const key = "key/k8skmsplugintest/"
	for name, list := range map[string]string{
		"as-it-is":                key + "show-versions",
		"newest-version-gone":     key + "hide-version",
		"wrong-at-the-first-look": key + "list-falsely-once",
		"wrong-for-long":          key + "list-falsely",
		"forbidden":               "fault/forbidden/describe-key-detail",
		"never-answered":          "fault/no-answer/describe-key-detail",
	} {
		t.Run(name, func(t *testing.T) {
			keywrap := NewJDCloudProgram(t)
			keywrap.Start()
			v1, v2 := kmsV1(keywrap.Socket()), kmsV2(keywrap.Socket())
			cluster := NewControlPlane(t, v1, v2, identity)
			var written []Object
			write := func(name string) {
				t.Helper()
				object := Object{"secrets", name, "a secret, " + name}
				if err := cluster.Create(object); err != nil {
					t.Fatal(err)
				}
				written = append(written, object)
			}
			write("under-v1")
			first := keywrap.awaitOtherKeyId("")
			cluster.Encrypt(v2, v1, identity)
			write("before-the-rotation")
			keywrap.tell(key + "rotate")
			second := keywrap.awaitOtherKeyId(first)
			cluster.Restart()
			write("after-the-rotation")
			if stored := string(cluster.Stored(written[2])); !strings.Contains(stored, second) {
				t.Errorf("the object was not written under %s", second)
			}

			keywrap.Kill()
			keywrap.tell(list)
			keywrap.startWithoutState()
			Dial(t, keywrap.Socket(), "").EncryptV1(random(t, 32)) // waits for no list
			cluster.Restart()
			for _, object := range written {
				cluster.Read(object)
			}
			write("afterwards")

			// What was written then is read when all is well, by a node that knows nothing of it.
			keywrap.Kill()
			keywrap.tell("fault/none")
			keywrap.tell(key + "show-versions")
			keywrap.startWithoutState()
			cluster.Restart()
			for _, object := range written {
				cluster.Read(object)
			}
		})
	}
}

func equal(a, b []byte) bool { return string(a) == string(b) }

// A disabled key stops writes and Status says why; enabled, all works again.
func TestStatusTellsOfADisabledKeyAndOfARotatedOne(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	client := Dial(t, keywrap.Socket(), "localhost")
	before := keywrap.awaitOtherKeyId("")
	seed := random(t, 32)
	wrapped := client.EncryptV2(seed)

	keywrap.tell("key/k8skmsplugintest/disable")
	await(t, func() bool {
		_, err := client.TryStatus()
		return status.Code(err) == codes.Unavailable && strings.Contains(err.Error(), "disabled")
	})
	keywrap.tell("key/k8skmsplugintest/enable")
	await(t, func() bool { answer, err := client.TryStatus(); return err == nil && answer.Healthz == "ok" })

	keywrap.tell("key/k8skmsplugintest/rotate")
	await(t, func() bool { answer, err := client.TryStatus(); return err == nil && answer.KeyId != before })
	if !equal(client.DecryptV2(wrapped), seed) {
		t.Error("what was wrapped before the rotation does not open")
	}
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("did not come true")
		}
	}
}
