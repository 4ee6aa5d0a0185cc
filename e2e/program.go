// Package e2e drives the packaged keywrap with Kubernetes' own code: the client of k8s.io/kms,
// dialled the way kube-apiserver dials, and kube-apiserver itself.
package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Program is the packaged keywrap with one key, in a folder of its own.
type Program struct {
	t       *testing.T
	folder  string
	told    string   // what "keywrap inspect" says of its ciphertexts
	name    string   // what it is started as
	serve   []string // with which arguments
	process *Process
}

// NewProgram writes a configuration and makes the key.
func NewProgram(t *testing.T, algorithm string) *Program {
	t.Helper()
	p := &Program{t: t, folder: Folder(t), name: executable(), told: "key id:       local:"}
	p.serve = []string{"serve", "--config", p.path("keywrap.yaml")}
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
	p.Run(nil, "keygen", "--config", p.path("keywrap.yaml"), "--key", "k")
	return p
}

// Socket is the path that clients dial.
func (p *Program) Socket() string { return p.path("kms.sock") }

// Run executes a command of keywrap to its end and returns its output.
func (p *Program) Run(input []byte, arguments ...string) string {
	p.t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(executable(), arguments...)
	command.Stdin, command.Stderr = bytes.NewReader(input), &stderr
	out, err := command.Output()
	if err != nil {
		p.t.Fatalf("keywrap %v: %v\n%s", arguments, err, stderr.String())
	}
	return string(out)
}

// Start serves in the background and returns when the socket accepts connections.
func (p *Program) Start() {
	p.t.Helper()
	p.process = StartProcess(p.t, p.folder, "keywrap", p.name, p.serve...)
	p.process.Await(func() error {
		connection, err := net.Dial("unix", p.Socket())
		if err == nil {
			connection.Close()
		}
		return err
	})
}

// Terminate sends SIGTERM and demands exit code 0.
func (p *Program) Terminate() { p.t.Helper(); p.process.Terminate() }

// Kill sends SIGKILL.
func (p *Program) Kill() { p.process.Kill() }

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
