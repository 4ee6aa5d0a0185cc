//go:build soak

package e2e

import (
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	abuseTarget = "KEYWRAP_TEST_ABUSE_SOCKET"
	abusePort   = "KEYWRAP_TEST_ABUSE_PORT"
	abusePid    = "KEYWRAP_TEST_ABUSE_PID"
	nobody      = 65534
)

// abuse does all that a local user can do to the program, until it is ended. What it says is a fault.
func abuse(socket, port string) {
	address := "127.0.0.1:" + port
	for range 300 {
		go forever(func() { half(address) })
	}
	for range 4 {
		go forever(func() { send(address, strings.Repeat("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 1_000), time.Minute) })
		go forever(func() { send(address, "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n", 0) })
		go forever(func() { send(address, rand.Text()+strings.Repeat("\x00", 64*1_024), 0) })
		go forever(func() { trickle(address) })
	}
	for range 2 * runtime.NumCPU() {
		go burn()
	}
	go forever(litter)
	if os.Getuid() == nobody {
		go forever(func() { knock(socket) })
		go forever(kick)
	}
	select {}
}

func forever(attempt func()) {
	for {
		attempt()
		time.Sleep(time.Millisecond)
	}
}

func dial(address string) net.Conn {
	connection, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return nil
	}
	return connection
}

// half holds a connection whose request never ends, until the server closes it.
func half(address string) {
	if connection := dial(address); connection != nil {
		defer connection.Close()
		fmt.Fprint(connection, "GET /livez HTTP/1.1\r\nHost: a\r\nX: ")
		connection.SetReadDeadline(time.Now().Add(time.Minute))
		connection.Read(make([]byte, 1))
	}
}

// send writes and reads nothing, and keeps the connection for a while.
func send(address, text string, keep time.Duration) {
	if connection := dial(address); connection != nil {
		defer connection.Close()
		connection.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := fmt.Fprint(connection, text); err == nil {
			time.Sleep(min(keep, 5*time.Second))
		}
	}
}

// trickle sends a request byte by byte.
func trickle(address string) {
	if connection := dial(address); connection != nil {
		defer connection.Close()
		for _, c := range "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" {
			if _, err := fmt.Fprint(connection, string(c)); err != nil {
				return
			}
			time.Sleep(300 * time.Millisecond)
		}
	}
}

func burn() {
	for {
		_ = rand.Text()
	}
}

// litter takes the names in the temporary folder that libraries like, and much of its space.
func litter() {
	for _, name := range []string{"vertx-cache", "hsperfdata_root", ".java_pid" + os.Getenv(abusePid), "keywrap"} {
		if path := filepath.Join(os.TempDir(), name); os.Mkdir(path, 0o777) == nil {
			defer os.Remove(path)
		}
	}
	file, err := os.CreateTemp("", "litter")
	if err != nil {
		return
	}
	defer file.Close()
	os.Remove(file.Name())
	for range 256 {
		if _, err := file.Write(make([]byte, 1<<20)); err != nil {
			return
		}
	}
}

// knock must not come in.
func knock(socket string) {
	if connection, err := net.Dial("unix", socket); err == nil {
		connection.Close()
		log.Fatal("another user may connect to the socket")
	}
}

// kick must not be felt.
func kick() {
	pid, err := strconv.Atoi(os.Getenv(abusePid))
	if err != nil {
		log.Fatal(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGKILL} {
		if syscall.Kill(pid, signal) == nil {
			log.Fatal("another user may send it a signal")
		}
	}
}
