package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	kmsv1 "k8s.io/kms/apis/v1beta1"
	kmsv2 "k8s.io/kms/apis/v2"
)

// A peer is a running plugin, with a ciphertext of each API to decrypt.
type peer struct {
	name, socket string
	pid          int
	connection   *grpc.ClientConn
	v1           kmsv1.KeyManagementServiceClient
	v2           kmsv2.KeyManagementServiceClient
	cipher       []byte
	wrapped      *kmsv2.EncryptResponse
}

var dek = []byte("0123456789abcdef0123456789abcdef")

// connect dials the plugin; closing it is the caller's.
func (p *peer) connect() (*grpc.ClientConn, error) {
	connection, err := grpc.NewClient("passthrough:///"+p.socket, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithAuthority("localhost"), grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
			return net.DialUnix("unix", nil, &net.UnixAddr{Name: p.socket})
		}))
	if err != nil {
		return nil, err
	}
	p.v1, p.v2 = kmsv1.NewKeyManagementServiceClient(connection), kmsv2.NewKeyManagementServiceClient(connection)
	return connection, nil
}

func (p *peer) dial() error {
	connection, err := p.connect()
	if err != nil {
		return err
	}
	p.connection = connection
	if p.pid, err = listener(p.socket); err != nil {
		return err
	}
	encrypted, err := p.v1.Encrypt(context.Background(), &kmsv1.EncryptRequest{Version: "v1beta1", Plain: dek})
	if err != nil {
		return fmt.Errorf("%s: v1 Encrypt: %w", p.name, err)
	}
	p.cipher = encrypted.Cipher
	p.wrapped, err = p.v2.Encrypt(context.Background(), &kmsv2.EncryptRequest{Plaintext: dek})
	if err != nil {
		return fmt.Errorf("%s: v2 Encrypt: %w", p.name, err)
	}
	return nil
}

// listener is the process at the other end of the socket: SO_PEERCRED of unix(7).
func listener(socket string) (int, error) {
	connection, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket})
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	raw, err := connection.SyscallConn()
	if err != nil {
		return 0, err
	}
	var credentials *unix.Ucred
	var failure error
	err = raw.Control(func(fd uintptr) {
		credentials, failure = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err != nil || failure != nil {
		return 0, fmt.Errorf("who listens on %s? %v %v", socket, err, failure)
	}
	return int(credentials.Pid), nil
}

// cpuSeconds is user and system time of the peer's process so far: fields 14 and 15 of proc(5).
func (p *peer) cpuSeconds() float64 {
	const ticksPerSecond = 100
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticksPerSecond
}
