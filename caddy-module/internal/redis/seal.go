package redis

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// A sealed value is: version, id of the secret, salt, nonce, AES-256-GCM of the value. The salt makes a key for each value, so
// that random nonces never come near their limit of 2³² values under one key. The stored name is additional data: a value
// that somebody moves to another name is no value there.
const (
	sealVersion = 1
	idLen       = 4
	saltLen     = 16
	keyLen      = 32
	nonceLen    = 12
	headLen     = 1 + idLen + saltLen + nonceLen
)

// errSealed is a value that nobody with one of the secrets has written under its name.
var errSealed = errors.New("reading from Redis: a value was not written with any of the encryption keys, or was changed")

// sealer encrypts values and names with what is derived from one secret.
type sealer struct {
	id     [idLen]byte
	names  []byte
	values []byte
}

func newSealer(secret string) (*sealer, error) {
	root, err := hkdf.Extract(sha256.New, []byte(secret), []byte("longmen store"))
	if err != nil {
		return nil, err
	}
	s := new(sealer)
	for _, d := range []struct {
		info string
		n    int
		into func([]byte)
	}{
		{"id", idLen, func(b []byte) { copy(s.id[:], b) }},
		{"names", keyLen, func(b []byte) { s.names = b }},
		{"values", keyLen, func(b []byte) { s.values = b }},
	} {
		b, err := hkdf.Expand(sha256.New, root, d.info, d.n)
		if err != nil {
			return nil, fmt.Errorf("deriving encryption keys: %w", err)
		}
		d.into(b)
	}
	return s, nil
}

// name is what a plugin's key is called in the store.
func (s *sealer) name(prefix, plugin, key string) string {
	mac := hmac.New(sha256.New, s.names)
	mac.Write([]byte(plugin))
	mac.Write([]byte{0}) // no plugin's name has one
	mac.Write([]byte(key))
	return prefix + ":" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s *sealer) cipher(salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Expand(sha256.New, s.values, string(salt), keyLen)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts a value for its stored name.
func (s *sealer) seal(name string, value []byte) ([]byte, error) {
	out := make([]byte, headLen, headLen+len(value)+16)
	out[0] = sealVersion
	copy(out[1:], s.id[:])
	random := out[1+idLen : headLen]
	rand.Read(random)
	aead, err := s.cipher(random[:saltLen])
	if err != nil {
		return nil, fmt.Errorf("encrypting for Redis: %w", err)
	}
	return aead.Seal(out, random[saltLen:], value, []byte(name)), nil
}

// unseal decrypts what stands under a stored name.
func unseal(sealers []*sealer, name string, sealed []byte) ([]byte, error) {
	if len(sealed) < headLen || sealed[0] != sealVersion {
		return nil, errSealed
	}
	id, random := [idLen]byte(sealed[1:]), sealed[1+idLen:headLen]
	for _, s := range sealers {
		if s.id != id {
			continue
		}
		aead, err := s.cipher(random[:saltLen])
		if err != nil {
			return nil, fmt.Errorf("decrypting from Redis: %w", err)
		}
		if value, err := aead.Open([]byte{}, random[saltLen:], sealed[headLen:], []byte(name)); err == nil {
			return value, nil
		}
	}
	return nil, errSealed
}
