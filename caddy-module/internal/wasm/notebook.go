package wasm

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// notebook keeps, beside the compiled code, the manifests of modules that were validated before: that
// saves validating and starting them once more. It is a cache; what cannot be read or written is done
// again.
type notebook struct{ dir string }

func newNotebook(cacheDir string) *notebook {
	if cacheDir == "" {
		return &notebook{}
	}
	dir := filepath.Join(cacheDir, fmt.Sprintf("manifests-v%d", abi.Version))
	if os.MkdirAll(dir, 0o700) != nil {
		return &notebook{}
	}
	return &notebook{dir: dir}
}

// get gives the manifest of the module called digest, nil if it is not known.
func (n *notebook) get(digest string) []byte {
	if n.dir == "" {
		return nil
	}
	b, err := os.ReadFile(filepath.Join(n.dir, digest))
	if err != nil || len(b) < sha256.Size {
		return nil
	}
	manifest := b[sha256.Size:]
	if sha256.Sum256(manifest) != [sha256.Size]byte(b) {
		return nil
	}
	return manifest
}

// put remembers a manifest.
func (n *notebook) put(digest string, manifest []byte) {
	if n.dir == "" {
		return
	}
	f, err := os.CreateTemp(n.dir, "new-")
	if err != nil {
		return
	}
	sum := sha256.Sum256(manifest)
	_, err = f.Write(append(sum[:], manifest...))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(n.dir, digest))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
