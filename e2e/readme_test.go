package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fence = regexp.MustCompile("(?ms)^```(sh|console)\n(.*?)^```")
	links = regexp.MustCompile(`\]\(([^)#]+)\)`)
)

// The README's commands are those of a person who has just cloned it: "make run", then each line of
// the console blocks, in both languages.
func TestTheCommandsOfTheREADMEsWork(t *testing.T) {
	english, chinese := blocks(t, "README.md"), blocks(t, "README.zh-CN.md")
	if !slices.Equal(english, chinese) {
		t.Errorf("the READMEs have different commands:\n%q\n%q", english, chinese)
	}
	if !strings.HasPrefix(english[0], "make run ") {
		t.Fatalf("the first command is not make run: %q", english[0])
	}
	if output, err := shell("make dist").CombinedOutput(); err != nil {
		t.Fatalf("make dist: %v\n%s", err, output)
	}
	run := StartProcess(t, Folder(t), "make-run", "make", "-C", "..", "run")
	t.Cleanup(run.Interrupt)
	run.Await(func() error {
		return shell("target/keywrap/bin/keywrap check --socket target/run/kms.sock").Run()
	})
	for _, block := range english[1:] {
		for line := range strings.Lines(block) {
			command, found := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if !found {
				t.Errorf("not a command: %q", line)
			} else if output, err := shell(command).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", command, err, output)
			}
		}
	}
}

func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	documents, _ := filepath.Glob("../docs/*.md")
	documents = append(documents, "../README.md", "../README.zh-CN.md", "../CONTRIBUTING.md", "../SECURITY.md")
	for _, document := range documents {
		for _, link := range links.FindAllStringSubmatch(read(t, document), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), link[1])); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}

func blocks(t *testing.T, document string) []string {
	t.Helper()
	var found []string
	for _, block := range fence.FindAllStringSubmatch(read(t, "../"+document), -1) {
		found = append(found, block[2])
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func shell(command string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", command)
	cmd.Dir = ".."
	return cmd
}
