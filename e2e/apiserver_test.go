package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var objects = []Object{
	{"secrets", "database", "correct horse battery staple"},
	{"configmaps", "settings", "not for everybody's eyes"},
}

const (
	storedV1 = "k8s:enc:kms:v1:keywrap-v1:"
	storedV2 = "k8s:enc:kms:v2:keywrap-v2:"
)

// onEachBackEnd runs a scenario with a key of each kind: a new back end joins here.
func onEachBackEnd(t *testing.T, scenario func(*testing.T, *Program)) {
	t.Run("local", func(t *testing.T) { scenario(t, NewProgram(t, "aes-gcm")) })
	t.Run("jdcloud", func(t *testing.T) { scenario(t, NewJDCloudProgram(t).Program) })
	t.Run("hsm", func(t *testing.T) { scenario(t, NewHSMProgram(t, aesGCM)) })
}

func TestKubeApiserverEncryptsUnderV1(t *testing.T) {
	onEachBackEnd(t, func(t *testing.T, keywrap *Program) {
		keywrap.Start()
		encryptsAndSurvivesARestart(t, keywrap, storedV1, kmsV1(keywrap.Socket()), identity)
	})
}

func TestKubeApiserverEncryptsUnderV2(t *testing.T) {
	onEachBackEnd(t, func(t *testing.T, keywrap *Program) {
		keywrap.Start()
		encryptsAndSurvivesARestart(t, keywrap, storedV2, kmsV2(keywrap.Socket()), identity)
	})
}

func TestKubeApiserverEncryptsWithSM4(t *testing.T) {
	withSM4 := func(t *testing.T, keywrap *Program) {
		keywrap.Start()
		encryptsAndSurvivesARestart(t, keywrap, storedV2, kmsV2(keywrap.Socket()), identity)
	}
	t.Run("local", func(t *testing.T) { withSM4(t, NewProgram(t, "sm4-gcm")) })
	t.Run("hsm-sm4-gcm", func(t *testing.T) { withSM4(t, NewHSMProgram(t, sm4GCM)) })
	t.Run("hsm-sm4-cbc-hmac", func(t *testing.T) { withSM4(t, NewHSMProgram(t, sm4CBCHMAC)) })
	t.Run("hsm-sm4-sealed", func(t *testing.T) { withSM4(t, NewHSMProgram(t, sm4Sealed)) })
}

func encryptsAndSurvivesARestart(t *testing.T, keywrap *Program, stored string, providers ...Provider) {
	t.Helper()
	cluster := NewControlPlane(t, providers...)
	for _, object := range objects {
		if err := cluster.Create(object); err != nil {
			t.Fatal(err)
		}
		cluster.ExpectStored(object, stored)
		if told := keywrap.Run(cluster.Stored(object), "inspect"); !strings.Contains(told, keywrap.told) {
			t.Errorf("keywrap inspect says %q", told)
		}
	}
	cluster.Restart()
	keywrap.Terminate()
	keywrap.Start()
	for _, object := range objects {
		cluster.Read(object)
	}
}

// Whatever kube-apiserver acknowledged can be read, however often keywrap is killed meanwhile.
func TestNoAcknowledgedWriteIsLostWhenKeywrapIsKilledUnderWrites(t *testing.T) {
	onEachBackEnd(t, losesNoAcknowledgedWrite)
}

func losesNoAcknowledgedWrite(t *testing.T, keywrap *Program) {
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV1(keywrap.Socket()), identity)

	acknowledged := make(chan []Object)
	stop := make(chan struct{})
	go func() {
		var written []Object
		for i := 0; ; i++ {
			select {
			case <-stop:
				acknowledged <- written
				return
			default:
				object := Object{"secrets", fmt.Sprintf("s%d", i), fmt.Sprintf("a secret, number %d", i)}
				if cluster.Create(object) == nil {
					written = append(written, object)
				}
			}
		}
	}()
	for range 3 {
		time.Sleep(time.Second) // writes under load, before and after each kill
		keywrap.Kill()
		keywrap.Start()
	}
	for i := 0; ; i++ {
		probe := Object{"secrets", fmt.Sprintf("probe%d", i), "after the last kill"}
		if err := cluster.Create(probe); err == nil {
			break
		} else if i == 30 {
			t.Fatalf("writes do not work again: %v", err)
		}
	}
	close(stop)
	written := <-acknowledged
	cluster.Restart()
	for _, object := range written {
		cluster.Read(object)
	}
	if len(written) < 20 {
		t.Errorf("only %d writes were acknowledged", len(written))
	}
}

// The way of a cluster: nothing encrypted, then v1, then v2, both on one socket.
func TestEveryObjectMovesFromIdentityToV1ToV2(t *testing.T) {
	onEachBackEnd(t, movesFromIdentityToV1ToV2)
}

func movesFromIdentityToV1ToV2(t *testing.T, keywrap *Program) {
	keywrap.Start()
	v1, v2 := kmsV1(keywrap.Socket()), kmsV2(keywrap.Socket())
	cluster := NewControlPlane(t, identity)
	for _, object := range objects {
		if err := cluster.Create(object); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		stored    string
		providers []Provider
	}{
		{storedV1, []Provider{v1, identity}},
		{storedV2, []Provider{v2, v1, identity}},
		{storedV2, []Provider{v2, identity}},
	} {
		cluster.Encrypt(step.providers...)
		for _, object := range objects {
			cluster.Read(object)
			cluster.Rewrite(object)
			cluster.ExpectStored(object, step.stored)
			cluster.Read(object)
		}
	}
}
