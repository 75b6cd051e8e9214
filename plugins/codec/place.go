package codec

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// WarnAt is Warn for what a request can say at many places: item names it in the warning, which is given
// once for all of them. With strict_params the refusal names the place.
func (w *Warnings) WarnAt(at *Path, item, reason string) error {
	if w.strict != 1 {
		if longmen.Attr(abi.AttrStrictParams).Bool() {
			return longmen.Reject(400, "unsupported_parameter", at.String(), reason+" (strict_params is on)")
		}
		w.strict = 1
	}
	return w.Warn(item, reason)
}

// InvalidIn is Invalid at a member of the place.
//
//go:noinline
func InvalidIn(at *Path, member, message string) error {
	where := at.Member(member)
	return Invalid(&where, message)
}

// UnsupportedIn is Unsupported at a member of the place.
//
//go:noinline
func UnsupportedIn(at *Path, member, message string) error {
	where := at.Member(member)
	return Unsupported(&where, message)
}

// MalformedIn is Malformed at a member of the place.
//
//go:noinline
func MalformedIn(at *Path, member, expected string) error {
	where := at.Member(member)
	return Malformed(&where, expected)
}
