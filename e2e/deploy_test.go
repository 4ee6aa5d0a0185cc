package e2e

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	corev1 "k8s.io/api/core/v1"
	kmsv1 "k8s.io/kms/apis/v1beta1"
	"sigs.k8s.io/yaml"
)

const (
	deployFolder  = "../deploy/jdcloud/"
	articleSocket = "/var/run/k8s-kms-plugin/kms-plugin.sock"
)

// What a kubeadm cluster has, as far as the patch is concerned.
const apiserverPod = `
apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver, namespace: kube-system }
spec:
  containers:
    - name: kube-apiserver
      image: kube-apiserver
      command: [kube-apiserver, --advertise-address=10.0.0.1]
      volumeMounts: [{ name: k8s-certs, mountPath: /etc/kubernetes/pki, readOnly: true }]
  volumes: [{ name: k8s-certs, hostPath: { path: /etc/kubernetes/pki, type: DirectoryOrCreate } }]
`

func TestTheStaticPodIsAPodThatMountsWhatItUses(t *testing.T) {
	pod := decode(t, []byte(read(t, deployFolder+"jdcloud-kms-plugin.yaml")))
	expectMounts(t, pod, "/etc/kubernetes/kms/jdcloud/jdcloud-kms-plugin.json", "/var/run/k8s-kms-plugin/", "/var/lib/keywrap")
	if !pod.Spec.HostNetwork || pod.Spec.PriorityClassName != "system-cluster-critical" || pod.Labels["component"] != "jdcloud-kms-plugin" {
		t.Error("the pod is not that of the article")
	}
	if command := pod.Spec.Containers[0].Command; !slices.Equal(command, []string{"k8s-kms-plugin", "-f=/etc/kubernetes/kms/jdcloud/jdcloud-kms-plugin.json"}) {
		t.Errorf("command: %q", command)
	}
}

func TestThePatchOfKubeApiserverApplies(t *testing.T) {
	operations, err := yaml.YAMLToJSON([]byte(read(t, deployFolder+"kube-apiserver+json.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	patch, err := jsonpatch.DecodePatch(operations)
	if err != nil {
		t.Fatal(err)
	}
	before, err := yaml.YAMLToJSON([]byte(apiserverPod))
	if err != nil {
		t.Fatal(err)
	}
	after, err := patch.Apply(before)
	if err != nil {
		t.Fatal(err)
	}
	pod := decode(t, after)
	expectMounts(t, pod, "/etc/kubernetes/pki", "/etc/kubernetes/kms/jdcloud/apiserver-encryption.conf", "/var/run/k8s-kms-plugin/")
	flag := "--encryption-provider-config=/etc/kubernetes/kms/jdcloud/apiserver-encryption.conf"
	if !slices.Contains(pod.Spec.Containers[0].Command, flag) {
		t.Errorf("command: %q", pod.Spec.Containers[0].Command)
	}
}

func decode(t *testing.T, manifest []byte) *corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	if err := yaml.UnmarshalStrict(manifest, &pod); err != nil {
		t.Fatal(err)
	}
	return &pod
}

// Every mount has its volume, and every volume is mounted.
func expectMounts(t *testing.T, pod *corev1.Pod, paths ...string) {
	t.Helper()
	var mounted, volumes, found []string
	for _, mount := range pod.Spec.Containers[0].VolumeMounts {
		mounted = append(mounted, mount.Name)
		found = append(found, mount.MountPath)
	}
	for _, volume := range pod.Spec.Volumes {
		volumes = append(volumes, volume.Name)
	}
	if !slices.Equal(found, paths) || !slices.Equal(mounted, volumes) {
		t.Errorf("mounts %q at %q, volumes %q", mounted, found, volumes)
	}
}

// Each EncryptionConfiguration, as it is but for the socket's path, on a real kube-apiserver.
func TestKubeApiserverEncryptsWithEachEncryptionConfiguration(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	files, _ := filepath.Glob(deployFolder + "encryption-*.yaml")
	if len(files) != 5 {
		t.Fatalf("files: %q", files)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		cluster := NewControlPlaneAs(t, strings.ReplaceAll(read(t, file), articleSocket, keywrap.Socket()))
		for _, resource := range []string{"secrets", "configmaps"} {
			object := Object{resource, name, "not for everybody's eyes"}
			if err := cluster.Create(object); err != nil {
				t.Fatal(err)
			}
			isMeant := resource == "secrets" || !strings.HasSuffix(name, "-secrets")
			stored := string(cluster.Stored(object))
			prefix := "k8s:enc:kms:v1:myKmsPlugin:"
			if strings.Contains(name, "v2") {
				prefix = "k8s:enc:kms:v2:myKmsPluginV2:"
			}
			if strings.HasPrefix(stored, prefix) != isMeant {
				t.Errorf("%s: %s is stored as %.40q", name, resource, stored)
			}
			cluster.Read(object)
		}
	}
}

// A losingPlugin answers as jdcloud-sec/k8s-kms-plugin does when the KMS refuses.
type losingPlugin struct {
	kmsv1.UnimplementedKeyManagementServiceServer
}

func (losingPlugin) Version(context.Context, *kmsv1.VersionRequest) (*kmsv1.VersionResponse, error) {
	return &kmsv1.VersionResponse{Version: "v1beta1", RuntimeName: "JDCloud-KMS", RuntimeVersion: "0.0.1"}, nil
}

func (losingPlugin) Encrypt(context.Context, *kmsv1.EncryptRequest) (*kmsv1.EncryptResponse, error) {
	return &kmsv1.EncryptResponse{}, nil
}

func (losingPlugin) Decrypt(context.Context, *kmsv1.DecryptRequest) (*kmsv1.DecryptResponse, error) {
	return &kmsv1.DecryptResponse{}, nil
}

func TestObjectsThatTheOldPluginLostAreFound(t *testing.T) {
	keywrap := NewJDCloudProgram(t)
	keywrap.Start()
	cluster := NewControlPlane(t, kmsV1(keywrap.Socket()), identity)
	for name, value := range map[string]string{"sound": "a value", "of-some-size": strings.Repeat("a value", 90_000)} {
		if err := cluster.Create(Object{"secrets", name, value}); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := findLostObjects(cluster); err != nil || found != "" {
		t.Errorf("found %q: %v", found, err)
	}
	keywrap.Terminate()
	listener, err := net.Listen("unix", keywrap.Socket())
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	kmsv1.RegisterKeyManagementServiceServer(server, losingPlugin{})
	go server.Serve(listener)
	defer server.Stop()
	await(t, func() bool { return cluster.Create(Object{"secrets", "lost", "a value"}) == nil })
	found, err := findLostObjects(cluster)
	if err == nil || found != "/registry/secrets/default/lost\n" {
		t.Errorf("found %q: %v", found, err)
	}
	server.Stop()
	keywrap.Start()
	run(t, "etcdctl", "--endpoints", cluster.etcdURL, "del", "/registry/secrets/default/lost")
	cluster.Restart()
	cluster.Read(Object{"secrets", "sound", "a value"})
}

func findLostObjects(cluster *ControlPlane) (string, error) {
	command := exec.Command(deployFolder+"find-lost-objects", "/registry/secrets/")
	command.Env = append(command.Environ(), "ETCDCTL_ENDPOINTS="+cluster.etcdURL)
	out, err := command.Output()
	return string(out), err
}
