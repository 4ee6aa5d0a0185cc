package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const softHSM = "/usr/lib/softhsm/libsofthsm2.so"

// What the settings of a key say of its algorithm; see docs/sm4.md.
const (
	aesGCM     = "algorithm: aes-gcm"
	sm4GCM     = `algorithm: sm4-gcm, vendor: sansec, mechanisms: { sm4-gcm: "0x8000010F" }`
	sm4CBCHMAC = "algorithm: sm4-cbc-hmac, vendor: sansec"
	sm4Sealed  = "algorithm: sm4-sealed"
)

// NewHSMProgram is keywrap with a key on a new SoftHSM token, behind a module that knows a vendor's
// SM4 and that can fail: see src/test/c.
func NewHSMProgram(t *testing.T, algorithm string) *Program {
	t.Helper()
	p := &Program{t: t, folder: Folder(t), name: executable(), told: "key id:       pkcs11:"}
	p.serve = []string{"serve", "--config", p.path("keywrap.yaml")}
	if err := os.Mkdir(p.path("tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.write("softhsm2.conf", "directories.tokendir = "+p.path("tokens")+"\nlog.level = ERROR\n")
	t.Setenv("SOFTHSM2_CONF", p.path("softhsm2.conf"))
	t.Setenv("FAULTY_TOKEN_CONTROL", p.path("faults"))
	run(t, "softhsm2-util", "--init-token", "--free", "--label", "kms", "--so-pin", "12345678", "--pin", "1234")
	run(t, "../src/test/c/build-token", p.path("token.so"))
	p.write("pin", "1234\n")
	p.write("keywrap.yaml", fmt.Sprintf(`
keywrap:
  socket: { path: kms.sock }
  state-directory: state
  health-interval: 500ms
  management: { enabled: false }
  active: k
  keys:
    k: { type: pkcs11, library: %s, token: kms, key-label: kek, pin: { file: pin }, %s }
`, p.path("token.so"), algorithm))
	p.Run(nil, "keygen", "--config", p.path("keywrap.yaml"), "--key", "k")
	return p
}

func run(t *testing.T, command string, arguments ...string) {
	t.Helper()
	if out, err := exec.Command(command, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// faults sets what goes wrong on the token from now on; nothing: all is well.
func (p *Program) faults(line string) {
	p.t.Helper()
	p.write("faults.next", line+"\n")
	if err := os.Rename(p.path("faults.next"), p.path("faults")); err != nil {
		p.t.Fatal(err)
	}
}

// A native executable of an incomplete GraalVM cannot call a PKCS#11 library, and says so. The other
// tests of this file are then not run at all: see the script "run".
func TestTokensAreListedOrItIsSaidWhyNot(t *testing.T) {
	t.Setenv("SOFTHSM2_CONF", "/dev/null")
	out, err := exec.Command(executable(), "token", "list", "--library", softHSM).CombinedOutput()
	told := string(out)
	if err == nil && !strings.Contains(told, "token(s)") {
		t.Errorf("keywrap token list: %s", told)
	}
	if err != nil && !(strings.HasPrefix(told, "error: ") && strings.Contains(told, "\nhint: ")) {
		t.Errorf("keywrap token list: %v\n%s", err, told)
	}
}

// The token is pulled under writes and put back: whatever was acknowledged can be read, and writes
// work again.
func TestSecretsLiveThroughATokenThatIsAwayForAWhile(t *testing.T) {
	keywrap := NewHSMProgram(t, aesGCM)
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV1(keywrap.Socket()), identity)
	written := map[string]bool{}
	write := func(name string) error {
		err := cluster.Create(Object{"secrets", name, "the secret of " + name})
		written[name] = err == nil
		return err
	}
	for away := range 2 {
		for i := range 10 {
			if err := write(fmt.Sprintf("before%d-%d", away, i)); err != nil {
				t.Fatal(err)
			}
		}
		keywrap.faults("* fail e0") // CKR_TOKEN_NOT_PRESENT
		failed := 0
		for i := range 5 {
			if write(fmt.Sprintf("away%d-%d", away, i)) != nil {
				failed++
			}
		}
		if failed == 0 {
			t.Error("writes worked without the token")
		}
		keywrap.faults("")
		back := time.Now()
		for i := 0; write(fmt.Sprintf("back%d-%d", away, i)) != nil; i++ {
			if time.Since(back) > 5*time.Second {
				t.Fatal("writes do not work again within 5 s")
			}
		}
	}
	cluster.Restart()
	for name, acknowledged := range written {
		if acknowledged {
			cluster.Read(Object{"secrets", name, "the secret of " + name})
		}
	}
}

// As in production: another user than root, who may read the token's files and write none of them.
func TestATokenThatCannotBeWrittenIsEnoughForAnotherUser(t *testing.T) {
	keywrap := NewHSMProgram(t, aesGCM)
	installed := filepath.Dir(filepath.Dir(executable()))
	run(t, "cp", "-r", installed, keywrap.path("program"))
	run(t, "chmod", "-R", "a-w,a+rX", keywrap.path("tokens"))
	command := exec.Command(keywrap.path("program/bin/keywrap"), "check", "--config", keywrap.path("keywrap.yaml"))
	if os.Getuid() == 0 {
		const nobody = 65534
		run(t, "chown", "-R", fmt.Sprint(nobody), keywrap.folder)
		run(t, "chown", "-R", "0", keywrap.path("tokens"))
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	command.Dir = keywrap.folder
	out, err := command.CombinedOutput()
	if err != nil || strings.Count(string(out), "ok ") != 6 {
		t.Errorf("keywrap check: %v\n%s", err, out)
	}
	run(t, "chmod", "-R", "u+w", keywrap.path("tokens")) // so that the folder can be removed
}
