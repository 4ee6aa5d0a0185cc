package main

import (
	"bytes"
	"context"
	"log"
	"sync"
	"sync/atomic"
	"time"

	kmsv1 "k8s.io/kms/apis/v1beta1"
	kmsv2 "k8s.io/kms/apis/v2"
)

// A cell is one measured combination.
type cell struct {
	peer, operation string
	callers         int
}

// A sample is what one measurement of a cell gave.
type sample struct{ perSecond, cpuPer10k float64 }

type operation struct {
	name string
	call func(context.Context, *peer) error
}

var operations = []operation{
	{"v1 Encrypt", func(ctx context.Context, p *peer) error { _, err := p.encryptV1(ctx); return err }},
	{"v1 Decrypt", func(ctx context.Context, p *peer) error { return p.decryptV1(ctx, p.cipher) }},
	{"v1 pair", func(ctx context.Context, p *peer) error {
		cipher, err := p.encryptV1(ctx)
		if err != nil {
			return err
		}
		return p.decryptV1(ctx, cipher)
	}},
	{"v2 Encrypt", func(ctx context.Context, p *peer) error { _, err := p.encryptV2(ctx); return err }},
	{"v2 Decrypt", func(ctx context.Context, p *peer) error { return p.decryptV2(ctx, p.wrapped) }},
	{"v2 pair", func(ctx context.Context, p *peer) error {
		wrapped, err := p.encryptV2(ctx)
		if err != nil {
			return err
		}
		return p.decryptV2(ctx, wrapped)
	}},
}

func (p *peer) encryptV1(ctx context.Context) ([]byte, error) {
	response, err := p.v1.Encrypt(ctx, &kmsv1.EncryptRequest{Version: "v1beta1", Plain: dek})
	return response.GetCipher(), err
}

func (p *peer) decryptV1(ctx context.Context, cipher []byte) error {
	response, err := p.v1.Decrypt(ctx, &kmsv1.DecryptRequest{Version: "v1beta1", Cipher: cipher})
	p.check(err, response.GetPlain())
	return err
}

func (p *peer) encryptV2(ctx context.Context) (*kmsv2.EncryptResponse, error) {
	return p.v2.Encrypt(ctx, &kmsv2.EncryptRequest{Plaintext: dek})
}

func (p *peer) decryptV2(ctx context.Context, wrapped *kmsv2.EncryptResponse) error {
	response, err := p.v2.Decrypt(ctx, &kmsv2.DecryptRequest{Ciphertext: wrapped.Ciphertext, KeyId: wrapped.KeyId})
	p.check(err, response.GetPlaintext())
	return err
}

func (p *peer) check(err error, plaintext []byte) {
	if err == nil && !bytes.Equal(plaintext, dek) {
		log.Fatalf("%s returned another plaintext", p.name)
	}
}

// run calls as fast as n callers can for the length of a slice.
func run(p *peer, o operation, n int, slice time.Duration) sample {
	var calls atomic.Int64
	var group sync.WaitGroup
	cpu, start := p.cpuSeconds(), time.Now()
	for range n {
		group.Go(func() {
			for time.Since(start) < slice {
				ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
				if err := o.call(ctx, p); err != nil {
					log.Fatalf("%s, %s: %v", p.name, o.name, err)
				}
				cancel()
				calls.Add(1)
			}
		})
	}
	group.Wait()
	total := float64(calls.Load())
	return sample{
		perSecond: total / time.Since(start).Seconds(),
		cpuPer10k: (p.cpuSeconds() - cpu) / total * 10_000,
	}
}
