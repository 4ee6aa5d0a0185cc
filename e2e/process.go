package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const startLimit = 60 * time.Second

// Process is a program that a test has started. It is ended with the test.
type Process struct {
	t       *testing.T
	log     string
	command *exec.Cmd
}

// Folder makes a folder for a test: removed with it, or kept and named if the test fails. Its path
// is short, so that a socket in it can be bound.
func Folder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "kw")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("logs and files of this failure are kept in %s", folder)
		} else {
			os.RemoveAll(folder)
		}
	})
	return folder
}

// StartProcess starts a program that logs to the file NAME.log in folder.
func StartProcess(t *testing.T, folder, name, executable string, arguments ...string) *Process {
	t.Helper()
	p := &Process{t: t, log: filepath.Join(folder, name+".log")}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p.command = exec.Command(executable, arguments...)
	p.command.Stdout, p.command.Stderr = log, log
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// Await waits until ready returns no error.
func (p *Process) Await(ready func() error) {
	p.t.Helper()
	for deadline := time.Now().Add(startLimit); ; {
		err := ready()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s is not ready: %v\n%s", p.command.Path, err, p.Log())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Terminate sends SIGTERM and demands exit code 0.
func (p *Process) Terminate() {
	p.t.Helper()
	p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("%s after SIGTERM: %v\n%s", p.command.Path, err, p.Log())
	}
}

// Interrupt does what Ctrl-C does, to the program and those that it started, and waits for the end.
func (p *Process) Interrupt() {
	syscall.Kill(-p.command.Process.Pid, syscall.SIGINT)
	p.command.Wait()
}

// Kill sends SIGKILL, to the program and those that it started, if it still runs.
func (p *Process) Kill() {
	if p.command.ProcessState == nil {
		syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
		p.command.Wait()
	}
}

// Log is the end of what it has written so far.
func (p *Process) Log() string {
	const most = 8_000
	log, _ := os.ReadFile(p.log)
	return string(log[max(0, len(log)-most):])
}

// freePort is a TCP port of the loopback address that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}
