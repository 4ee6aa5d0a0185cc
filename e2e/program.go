// Package e2e drives the packaged keywrap with Kubernetes' own KMS client code: the protos of
// k8s.io/kms and grpc-go, dialled the way kube-apiserver dials.
package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const startLimit = 60 * time.Second

// Program is the packaged keywrap with one local key, in a folder of its own.
type Program struct {
	t       *testing.T
	folder  string
	command *exec.Cmd
	log     *os.File
}

// NewProgram writes a configuration and makes the key. The folder's name is short, so that the
// socket's path fits.
func NewProgram(t *testing.T, algorithm string) *Program {
	t.Helper()
	folder, err := os.MkdirTemp("", "kw")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	p := &Program{t: t, folder: folder}
	p.write("passphrase", "a passphrase\n")
	p.write("keywrap.yaml", fmt.Sprintf(`
keywrap:
  socket: { path: kms.sock }
  management: { enabled: false }
  active: k
  keys:
    k:
      type: local
      algorithm: %s
      keystore: k.jwe
      passphrase: { file: passphrase }
`, algorithm))
	p.Run("keygen", "--config", p.path("keywrap.yaml"), "--key", "k")
	t.Cleanup(p.Kill)
	return p
}

// Socket is the path that clients dial.
func (p *Program) Socket() string { return p.path("kms.sock") }

// Run executes a command of keywrap to its end.
func (p *Program) Run(arguments ...string) string {
	p.t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(executable(), arguments...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		p.t.Fatalf("keywrap %v: %v\n%s", arguments, err, stderr.String())
	}
	return string(out)
}

// Start serves in the background and returns when the socket accepts connections.
func (p *Program) Start() {
	p.t.Helper()
	log, err := os.OpenFile(p.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	p.log = log
	p.command = exec.Command(executable(), "serve", "--config", p.path("keywrap.yaml"))
	p.command.Stdout, p.command.Stderr = log, log
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(startLimit); ; {
		connection, err := net.Dial("unix", p.Socket())
		if err == nil {
			connection.Close()
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("keywrap does not serve: %v\n%s", err, p.Log())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Terminate sends SIGTERM and demands exit code 0.
func (p *Program) Terminate() {
	p.t.Helper()
	p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		p.t.Fatalf("keywrap after SIGTERM: %v\n%s", err, p.Log())
	}
	p.command = nil
}

// Kill sends SIGKILL, if it runs.
func (p *Program) Kill() {
	if p.command != nil {
		p.command.Process.Kill()
		p.command.Wait()
		p.command = nil
	}
}

// Log is what it has written so far.
func (p *Program) Log() string {
	log, _ := os.ReadFile(p.path("log"))
	return string(log)
}

func (p *Program) path(name string) string { return filepath.Join(p.folder, name) }

func (p *Program) write(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func executable() string {
	if path := os.Getenv("KEYWRAP"); path != "" {
		return path
	}
	return filepath.Join("..", "target", "keywrap", "bin", "keywrap")
}
