package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// failed says what went wrong without a word of what was sent or stored: of a server's complaint only its code, such as
// WRONGPASS, because the rest may quote a command's arguments; of what the network says all, because that names addresses.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	var (
		complaint goredis.Error
		network   *net.OpError
		name      *net.DNSError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		cert      *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s Redis: %w", doing, context.Canceled)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, goredis.ErrPoolTimeout):
		return fmt.Errorf("%s Redis: no answer in time", doing)
	case errors.As(err, &complaint):
		code, _, _ := strings.Cut(complaint.Error(), " ")
		return fmt.Errorf("%s Redis: it answered %s", doing, code)
	case errors.As(err, &name):
		return fmt.Errorf("%s Redis: %w", doing, name)
	case errors.As(err, &network):
		return fmt.Errorf("%s Redis: %w", doing, network)
	case errors.As(err, &cert), errors.As(err, &authority), errors.As(err, &host):
		return fmt.Errorf("%s Redis: its certificate was refused", doing)
	}
	return fmt.Errorf("%s Redis: the connection ended or spoke something else", doing)
}
