package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// maxDialects bounds the dialects that a configuration describes.
const maxDialects = 64

// describeDialects reads the dialects that the configuration describes, sorted by name.
func (a *App) describeDialects() ([]*dialect.Dialect, error) {
	if len(a.Dialects) > maxDialects {
		return nil, fmt.Errorf("%d dialects, expected at most %d", len(a.Dialects), maxDialects)
	}
	var all []*dialect.Dialect
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(a.Dialects)) {
		d, err := describeDialect(name, a.Dialects[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("dialect %q: %s: %w", name, a.Dialects[name], err))
			continue
		}
		all = append(all, d)
	}
	return all, errors.Join(errs...)
}

func describeDialect(name, file string) (*dialect.Dialect, error) {
	info, err := os.Stat(file)
	switch {
	case err == nil && (info.IsDir() || info.Size() > dialect.MaxDescribed):
		err = fmt.Errorf("no file of at most %d KiB", dialect.MaxDescribed>>10)
	case err != nil:
		err = reason(err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w, expected the JSON description of a dialect", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, reason(err)
	}
	return dialect.Describe(name, text)
}

// reason is an error of a file without its path.
func reason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
