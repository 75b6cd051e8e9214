package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// hashLength is how many hexadecimal digits of the HMAC stand in the text: 64 bits, so that a billion values have
// none in common.
const hashLength = 16

// appendHash appends the keyed hash of an entity, such as [EMAIL:3f9a1c22d0b14e77]: the same for all spellings of a value, and
// nothing leads back from it without the key. It has another form than a placeholder, so that it is never restored.
func appendHash(dst, buf []byte, typ detect.Type, value []byte) (out, scratch []byte) {
	name := typ.String()
	buf = append(append(buf[:0], name...), 2)
	buf = detect.AppendNormal(buf, typ, value)
	sum := longmen.MAC(settings.key, view(buf))
	dst = append(dst, '[')
	dst = append(dst, typ.Kind().Prefix...)
	dst = append(dst, ':')
	dst = longmen.AppendHex(dst, sum[:hashLength/2])
	return append(dst, ']'), buf
}
