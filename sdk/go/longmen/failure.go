package longmen

import "github.com/longmen-gateway/longmen/sdk/abi"

// failure is a host call that failed.
type failure struct {
	operation string
	status    int32
}

// Error says what was tried and what the gateway said.
func (f *failure) Error() string { return f.operation + ": " + reason(f.status) }

// rejection is the error that makes a hook fail without a reason of its own: the host knows it already.
type rejection struct{}

func (rejection) Error() string { return "rejected" }

var errRejected error = rejection{}

// failed is nil for statuses that are no errors.
func failed(operation string, status int32) error {
	if status >= 0 {
		return nil
	}
	return &failure{operation: operation, status: status}
}

func reason(status int32) string {
	switch status {
	case abi.ErrNotFound:
		return "not found"
	case abi.ErrHandle:
		return "no such value"
	case abi.ErrKind:
		return "the value has another kind"
	case abi.ErrSyntax:
		return "not JSON"
	case abi.ErrLimit:
		return "a limit would be passed"
	case abi.ErrDenied:
		return "not granted, or not allowed in this hook"
	case abi.ErrArgument:
		return "an argument is out of its range"
	case abi.ErrIO:
		return "the service failed"
	}
	return "failed"
}
