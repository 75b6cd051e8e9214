package answers

import (
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// keyOf names the place of an answer: a digest of all that the answer depends on, as JSON, so that no
// two different requests can spell the same. It is false when nobody knows who calls, and answers are
// not shared by everybody.
func keyOf(doc longmen.Value) (key string, ok bool) {
	of := longmen.NewObject()
	sum := doc.Digest()
	of.SetString("document", hexed(sum))
	// The path decides these three in some dialects, so the document need not name them.
	for _, name := range [...]string{abi.AttrModel, abi.AttrDialect, abi.AttrStream} {
		set(of, name)
	}
	// Another route may lead the same request to another model.
	set(of, abi.AttrRoute)
	if !global && !set(of, abi.AttrKeyID) && !set(of, abi.AttrClientIP) {
		return "", false
	}
	return hexed(of.Digest()), true
}

// set copies an attribute.
func set(of longmen.Value, name string) bool {
	v := longmen.Attr(name)
	if v.Exists() {
		of.Set(name, v)
	}
	return v.Exists()
}

func hexed(sum [abi.DigestLen]byte) string {
	return string(longmen.AppendHex(make([]byte, 0, 2*len(sum)), sum[:]))
}

// cacheControl reads what the client asks for, RFC 9111 section 5.2.1: no-store neither takes nor
// leaves an answer, no-cache asks for a new one.
func cacheControl() (noStore, noCache bool) {
	h, _ := longmen.Header("cache-control")
	for h != "" {
		var directive string
		directive, h, _ = strings.Cut(h, ",")
		switch directive = strings.TrimSpace(directive); {
		case strings.EqualFold(directive, "no-store"):
			noStore = true
		case strings.EqualFold(directive, "no-cache"), strings.EqualFold(directive, "max-age=0"):
			noCache = true
		}
	}
	return noStore, noCache
}
