// Package wasmtest keeps compiled plugins for tests: compiling the first-party ones takes seconds, with the race detector half a minute, in each
// package that needs them.
package wasmtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// CacheDir is where compiled code is kept, over packages and runs; "" for nowhere. It is the user's own: who can write there can run code in the
// tests.
func CacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "longmen", "tests")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	forget(dir)
	return dir
}

// kept is how long compiled code is kept. Every change of a plugin leaves tens of megabytes behind.
const kept = 7 * 24 * time.Hour

func forget(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // another run may forget, too
		}
		if info, err := d.Info(); err == nil && time.Since(info.ModTime()) > kept {
			_ = os.Remove(path)
		}
		return nil
	})
}

// DataHome makes a folder for XDG_DATA_HOME in which Caddy's data are new and code that was compiled before is found.
func DataHome(pattern string) (string, error) {
	home, err := os.MkdirTemp("", pattern)
	if err != nil {
		return "", err
	}
	cache := CacheDir()
	if cache == "" {
		return home, nil
	}
	app := filepath.Join(home, "caddy", "llm_gateway")
	if err := os.MkdirAll(app, 0o700); err != nil {
		return "", err
	}
	return home, os.Symlink(cache, filepath.Join(app, "wasm"))
}
