package longmentest

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// The methods of call are the host functions of ABI.md "exchange" and "services".

func (c *call) Header(name string, buf *byte, size int32) int32 {
	v, status := c.effects.Header(name)
	if status < 0 {
		return status
	}
	return fillBuffer([]byte(v), buf, size)
}

func (c *call) SetHeader(name, value string) int32 { return c.effects.SetHeader(name, value) }

func (c *call) Attr(name string) int32 {
	v, ok := c.effects.Attr(name)
	if !ok {
		return 0
	}
	switch v := v.(type) {
	case int64:
		return c.give(&c.doc, c.doc.NewInt(v))
	case float64:
		return c.give(&c.doc, c.doc.NewFloat(v))
	case bool:
		return c.give(&c.doc, c.doc.NewBool(v))
	case string:
		return c.give(&c.doc, c.doc.NewString([]byte(v)))
	}
	panic("longmentest: attribute " + name + " is none of int64, float64, bool, string")
}

func (c *call) SetAttr(name string, h uint32) int32 {
	a, n := c.at(h)
	switch a.Kind(n) {
	case abi.KindNumber:
		if v, ok := a.Int(n); ok {
			return c.effects.SetAttr(name, v)
		}
		v, _ := a.Float(n)
		return c.effects.SetAttr(name, v)
	case abi.KindBool:
		v, _ := a.Bool(n)
		return c.effects.SetAttr(name, v)
	case abi.KindString:
		return c.effects.SetAttr(name, a.String(n))
	case abi.KindInvalid:
		return abi.ErrHandle
	}
	return abi.ErrKind
}

func (c *call) Tag(name, value string) int32 { return c.effects.Tag(name, value) }

func (c *call) Warn(item string) int32 { return c.effects.Warn(item) }

func (c *call) Respond(status int32, h uint32, form int32) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	return c.effects.Respond(int(status), a.AppendJSON(nil, n), form)
}

func (c *call) Reject(status int32, code, param, message string) int32 {
	return c.effects.Reject(int(status), code, param, message)
}

func (c *call) Emit(h uint32, name string) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	return c.effects.Emit(a.AppendJSON(nil, n), name)
}

func (c *call) Fail(reason string) int32 {
	c.reason, c.failed = reason, true
	return abi.OK
}

func (c *call) Log(level int32, message string) int32 { return c.effects.Log(level, message) }

func (c *call) Metric(name string, v float64) int32 { return c.effects.Metric(name, v) }

func (c *call) MAC(key, message string, buf *byte) int32 {
	under := []byte(key)
	if key == "" {
		secret := c.effects.Secret()
		under = secret[:]
	}
	h := hmac.New(sha256.New, under)
	h.Write([]byte(message))
	h.Sum(unsafe.Slice(buf, abi.MACLen)[:0])
	return abi.OK
}

func (c *call) Skip(hook string) int32 { return c.effects.Skip(hook) }

func (c *call) Watch(phase int32, bytes string) int32 { return c.effects.Watch(phase, bytes) }

func (c *call) Now() int64 { return c.effects.Now() }

func (c *call) Random(buf *byte, size int32) int32 {
	if size < 0 || size > abi.RandomMax {
		return abi.ErrArgument
	}
	c.effects.Random(unsafe.Slice(buf, size))
	return abi.OK
}

func (c *call) KVGet(key string) int32 {
	if key == "" {
		if c.effects.HasKV() {
			return 0
		}
		return abi.ErrDenied
	}
	text, status := c.effects.KVGet(key)
	if text == nil {
		return min(status, 0)
	}
	n, err := c.doc.NewJSON(text)
	if err != nil {
		return 0
	}
	return c.give(&c.doc, n)
}

// text is a value's JSON text, nil for handle 0.
func (c *call) text(h uint32) (text []byte, ok bool) {
	if h == 0 {
		return nil, true
	}
	a, n := c.at(h)
	return a.AppendJSON(nil, n), n != 0
}

func (c *call) KVSet(key string, h uint32, ttl int64) int32 {
	text, ok := c.text(h)
	if !ok {
		return abi.ErrHandle
	}
	return c.effects.KVSet(key, text, ttl)
}

func (c *call) KVAdd(key string, delta, ttl int64) int64 {
	sum, ok := c.effects.KVAdd(key, delta, ttl)
	if !ok {
		return math.MinInt64
	}
	return sum
}

func (c *call) KVCas(key string, old, h uint32, ttl int64) int32 {
	before, okBefore := c.text(old)
	text, ok := c.text(h)
	if !okBefore || !ok {
		return abi.ErrHandle
	}
	swapped, status := c.effects.KVCas(key, before, text, ttl)
	if swapped {
		return 1
	}
	return status
}

func (c *call) HTTP(h uint32) int32 {
	text, ok := c.text(h)
	if !ok || h == 0 {
		return abi.ErrHandle
	}
	if a, n := c.at(h); a.Kind(n) != abi.KindObject {
		return abi.ErrKind
	}
	response, status := c.effects.HTTP(text)
	if status < 0 {
		return status
	}
	return c.NewJSON(string(response))
}

func (c *call) NER(h uint32) int32 {
	if h == 0 {
		if !c.effects.HasNER() {
			return abi.ErrDenied
		}
		return 0
	}
	text, ok := c.text(h)
	if !ok {
		return abi.ErrHandle
	}
	if a, n := c.at(h); a.Kind(n) != abi.KindObject {
		return abi.ErrKind
	}
	response, status := c.effects.NER(text)
	if status < 0 {
		return status
	}
	return c.NewJSON(string(response))
}

func (c *call) Record(sink string, h uint32) int32 {
	if h == 0 {
		return c.effects.SinkReady(sink)
	}
	text, ok := c.text(h)
	if !ok {
		return abi.ErrHandle
	}
	return c.effects.Record(sink, text)
}
