package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
)

// plain gives an error without the URL that net/http puts in: its path and query may carry prompts.
func plain(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var (
		dns         *net.DNSError
		op          *net.OpError
		certificate *tls.CertificateVerificationError
		alert       tls.AlertError
	)
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrRequest), errors.Is(err, ErrRedirects),
		errors.As(err, &op), errors.As(err, &dns), errors.As(err, &certificate), errors.As(err, &alert):
		return err
	}
	// What remains may quote the peer or the URL ("failed to parse Location header …").
	return ErrHTTP
}
