//go:build soak

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A kubelet ends a container whose liveness probe fails so often, with a second for each.
const probesUntilRestart = 3

// TestAnUnprivilegedUserCostsNoCall abuses the program, as another local user where it runs as
// root, for as long as SOAK says, and demands that every call is answered in kube-apiserver's time.
func TestAnUnprivilegedUserCostsNoCall(t *testing.T) {
	if target := os.Getenv(abuseTarget); target != "" {
		abuse(target, os.Getenv(abusePort))
	}
	length, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		t.Fatalf("SOAK is no duration: %v", err)
	}
	p, port := NewProgram(t, "aes-gcm"), freePort(t)
	config, err := os.ReadFile(p.path("keywrap.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("keywrap.yaml", strings.Replace(string(config), "enabled: false", "port: "+port, 1))
	p.Start()
	if err := os.Chmod(p.folder, 0o711); err != nil { // So that the socket's own mode is what counts.
		t.Fatal(err)
	}
	startAbuser(t, p, port)

	callers := Callers{t: t, end: time.Now().Add(length)}
	for range 3 {
		callers.start(Dial(t, p.Socket(), "localhost"))
	}
	callers.group.Go(func() { callers.probe("http://127.0.0.1:" + port + "/livez") })
	for time.Now().Before(callers.end) {
		time.Sleep(min(time.Minute, time.Until(callers.end)))
		t.Logf("%s; %s", callers.report(), figures(p.process.command.Process.Pid))
	}
	callers.group.Wait()
	p.Terminate()
}

// startAbuser fails the test if the abuser has anything to say.
func startAbuser(t *testing.T, p *Program, port string) {
	command := exec.Command("/proc/self/exe", "-test.run", "^"+t.Name()+"$")
	command.Env = append(os.Environ(), abuseTarget+"="+p.Socket(), abusePort+"="+port,
		fmt.Sprintf("%s=%d", abusePid, p.process.command.Process.Pid))
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	} else {
		t.Log("NOT tried: another user's socket and signals, for which this has to run as root")
	}
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { command.Wait(); close(ended) }()
	t.Cleanup(func() {
		command.Process.Kill()
		<-ended
		if said.Len() > 0 {
			t.Errorf("the abuser says: %s", said.String())
		}
	})
}

// Callers do what a kube-apiserver does, ten times a second each.
type Callers struct {
	t       *testing.T
	end     time.Time
	group   sync.WaitGroup
	calls   atomic.Int64
	slowest atomic.Int64
}

func (c *Callers) start(client *Client) {
	c.group.Go(func() {
		dek := bytes.Repeat([]byte{7}, 32)
		for time.Now().Before(c.end) && !c.t.Failed() {
			c.timed(func() { client.Status() })
			var v1 []byte
			c.timed(func() { v1 = client.EncryptV1(dek) })
			c.timed(func() { c.same(dek, client.DecryptV1(v1)) })
			c.timed(func() { c.same(dek, client.DecryptV2(client.EncryptV2(dek))) })
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func (c *Callers) timed(call func()) {
	began := time.Now()
	call()
	took := time.Since(began).Milliseconds()
	for slowest := c.slowest.Load(); took > slowest && !c.slowest.CompareAndSwap(slowest, took); {
		slowest = c.slowest.Load()
	}
	c.calls.Add(1)
}

func (c *Callers) same(want, got []byte) {
	if !bytes.Equal(want, got) {
		c.t.Errorf("opened to something else")
	}
}

func (c *Callers) probe(url string) {
	client := http.Client{Timeout: time.Second}
	for failures := 0; time.Now().Before(c.end); time.Sleep(time.Second) {
		response, err := client.Get(url)
		if err == nil {
			response.Body.Close()
		}
		if err == nil && response.StatusCode == http.StatusOK {
			failures = 0
		} else if failures++; failures == probesUntilRestart {
			c.t.Errorf("%d probes in a row failed: %v", failures, err)
		}
	}
}

func (c *Callers) report() string {
	return fmt.Sprintf("%d calls, none failed, the slowest took %d ms", c.calls.Load(), c.slowest.Load())
}

// figures are what a leak would show in.
func figures(pid int) string {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	memory := "?"
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			memory = strings.TrimSpace(value)
		}
	}
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return fmt.Sprintf("RSS %s, %d file descriptors", memory, len(files))
}
