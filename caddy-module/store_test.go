package caddyllm

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

const storeKey = "a-secret-of-thirty-two-bytes-or-more"

// TestSharedStore: what a plugin has stored outlives its configuration, and nobody reads it in the server.
func TestSharedStore(t *testing.T) {
	server := redistest.Start(t)
	t.Setenv("LONGMEN_TEST_REDIS", "redis://"+server.Address+"/1")
	const app = `{"providers":{"demo":{"dialects":["gemini.generate"]}},
		"stores":{"shared":{"driver":"redis","url":"{env.LONGMEN_TEST_REDIS}","encryption_keys":["` + storeKey + `"]}},
		"plugins":{"answers":{"grants":{"kv":true,"kv_store":"shared"}}}}`
	const route = `{"auth":{"mode":"none"},"routes":[{"use":["answers"],"to":["demo"]}]}`
	for _, want := range []string{"miss", "hit"} {
		a, h := configure(t, app, route)
		w := post(h, `{"model":"demo","messages":[{"role":"user","content":"hello from the planted text"}]}`)
		if got := w.Header().Get("X-Longmen-Cache"); got != want || w.Code != 200 {
			t.Errorf("got %d %s, want a %s: %s", w.Code, got, want, w.Body)
		}
		if err := a.Cleanup(); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := server.Client.DBSize(t.Context()).Result(); n != 0 || err != nil {
		t.Errorf("%d values are in another database, %v", n, err)
	}
	if dump := server.Dump(); bytes.Contains(dump, []byte("planted")) || len(dump) < 200 {
		t.Errorf("of %d bytes in the server some can be read", len(dump))
	}
}

// TestStoreFailure: the guest learns that the store failed, the log says why, once, and not what was stored.
func TestStoreFailure(t *testing.T) {
	server := redistest.Start(t)
	s := &Store{Driver: "redis", URL: "redis://" + server.Address}
	if err := s.provision("shared"); err != nil {
		t.Fatal(err)
	}
	granted, err := openServices("test", &Grants{KV: true, KVStore: "shared"}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer granted.Close()
	core, logs := observer.New(zapcore.WarnLevel)
	k := granted.KV.(keyValue)
	k.failures.log = zap.New(core)
	if err := k.Set(t.Context(), "key", []byte("planted"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Get(t.Context(), "key"); string(got) != "planted" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := k.Add(t.Context(), "key", 1, 0); !errors.Is(err, wasm.ErrArgument) {
		t.Errorf("adding to a text: %v", err)
	}
	if logs.Len() > 0 {
		t.Errorf("logged %v", logs.All())
	}
	server.Stop()
	for range 3 {
		if err := k.Set(t.Context(), "key", []byte("planted"), 0); err == nil || errors.Is(err, wasm.ErrArgument) || errors.Is(err, wasm.ErrLimit) || errors.Is(err, wasm.ErrDenied) {
			t.Errorf("without the server: %v", err)
		}
	}
	all := logs.All()
	if len(all) != 1 {
		t.Fatalf("logged %v", all)
	}
	if line := all[0].Message + fmt.Sprint(all[0].ContextMap()); strings.Contains(line, "planted") || !strings.Contains(line, "store failed") || !strings.Contains(line, "Redis") {
		t.Errorf("logged %s", line)
	}
}

// TestStoreTLS talks TLS to a real server, which wants a certificate, and refuses one that nobody vouches for.
func TestStoreTLS(t *testing.T) {
	dir := t.TempDir()
	ca, certificate, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	selfSigned(t, ca, certificate, key)
	_, port, _ := net.SplitHostPort(freeAddress(t))
	redistest.Start(t, "--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", ca)
	for _, c := range []struct {
		tls  *StoreTLS
		says string
	}{
		{&StoreTLS{CA: ca, Certificate: certificate, Key: key}, ""},
		{&StoreTLS{CA: ca}, "Redis"},
		{nil, "certificate was refused"},
	} {
		s := &Store{Driver: "redis", URL: "rediss://localhost:" + port, TLS: c.tls}
		if err := s.provision("shared"); err != nil {
			t.Fatal(err)
		}
		opened, err := s.open()
		if err != nil {
			t.Fatal(err)
		}
		err = opened.Namespace("test").Set(t.Context(), "key", nil, 0)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.tls, err)
		}
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// selfSigned writes a certificate for localhost that is its own authority.
func selfSigned(t *testing.T, ca, certificate, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, text := range map[string][]byte{ca: public, certificate: public, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
