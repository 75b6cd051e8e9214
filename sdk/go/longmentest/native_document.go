package longmentest

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// The methods of call are the host functions of ABI.md "documents".
var _ host.Host = (*call)(nil)

// fill copies as much of text as the guest's buffer takes, and gives the whole length.
func fillBuffer(text []byte, buf *byte, size int32) int32 {
	if buf != nil && size > 0 {
		copy(unsafe.Slice(buf, size), text)
	}
	return int32(len(text))
}

// status is what an edit's error is called in the ABI.
func status(err error) int32 {
	switch {
	case err == nil:
		return abi.OK
	case errors.Is(err, document.ErrNode):
		return abi.ErrHandle
	case errors.Is(err, document.ErrKind):
		return abi.ErrKind
	case errors.Is(err, document.ErrFull), errors.Is(err, document.ErrDepth):
		return abi.ErrLimit
	}
	return abi.ErrArgument
}

func (c *call) Kind(h uint32) int32 {
	a, n := c.at(h)
	return int32(a.Kind(n))
}

func (c *call) Len(h uint32) int32 {
	a, n := c.at(h)
	return int32(a.Len(n))
}

func (c *call) Get(h uint32, key string) int32 {
	a, n := c.at(h)
	return c.give(a, a.Get(n, key))
}

func (c *call) Pointer(h uint32, ptr string) int32 {
	a, n := c.at(h)
	return c.give(a, a.Pointer(n, ptr))
}

func (c *call) Index(h uint32, i int32) int32 {
	a, n := c.at(h)
	return c.give(a, a.Index(n, int(i)))
}

func (c *call) First(h uint32) int32 {
	a, n := c.at(h)
	return c.give(a, a.First(n))
}

func (c *call) Next(h uint32) int32 {
	a, n := c.at(h)
	return c.give(a, a.Next(n))
}

func (c *call) Children(h uint32, buf *byte, size int32) int32 {
	a, n := c.at(h)
	child := a.First(n)
	if child == 0 || size < abi.ListHeaderSize {
		return 0
	}
	out := unsafe.Slice(buf, size)
	listed, at := int32(0), abi.ListHeaderSize
	for ; child != 0; child = a.Next(child) {
		name := a.Key(child)
		stored := min(len(name), abi.ListNameMax)
		if len(out)-at < abi.ListEntrySize+stored {
			break
		}
		h := c.give(a, child)
		if h < 0 {
			if listed == 0 {
				return h
			}
			break
		}
		if listed == 0 {
			binary.LittleEndian.PutUint32(out, uint32(h))
		}
		out[at], out[at+1] = byte(a.Kind(child)), byte(stored)
		binary.LittleEndian.PutUint16(out[at+2:], uint16(min(len(name), 1<<16-1)))
		at += abi.ListEntrySize + copy(out[at+abi.ListEntrySize:], name[:stored])
		listed++
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(a.Len(n)))
	return listed
}

func (c *call) Key(h uint32, buf *byte, size int32) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	return fillBuffer(a.Key(n), buf, size)
}

func (c *call) String(h uint32, buf *byte, size int32) int32 {
	a, n := c.at(h)
	switch {
	case n == 0:
		return abi.ErrHandle
	case a.Kind(n) != abi.KindString:
		return abi.ErrKind
	}
	text, _ := a.Text(n)
	return fillBuffer(text, buf, size)
}

func (c *call) JSON(h uint32, buf *byte, size int32) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	return fillBuffer(a.AppendJSON(nil, n), buf, size)
}

func (c *call) Int(h uint32) int64 {
	a, n := c.at(h)
	if v, ok := a.Int(n); ok {
		return v
	}
	if v, ok := a.Bool(n); ok {
		if v {
			return 1
		}
		return 0
	}
	switch f := c.Float(h); {
	case f >= 1<<63:
		return math.MaxInt64
	case f <= -1<<63:
		return math.MinInt64
	default:
		return int64(f)
	}
}

func (c *call) Float(h uint32) float64 {
	a, n := c.at(h)
	if v, ok := a.Bool(n); ok {
		if v {
			return 1
		}
		return 0
	}
	v, _ := a.Float(n)
	return v
}

func (c *call) New(kind int32) int32 {
	switch abi.Kind(kind) {
	case abi.KindObject:
		return c.give(&c.doc, c.doc.NewObject())
	case abi.KindArray:
		return c.give(&c.doc, c.doc.NewArray())
	case abi.KindString:
		return c.give(&c.doc, c.doc.NewString(nil))
	case abi.KindNull:
		return c.give(&c.doc, c.doc.NewNull())
	}
	return abi.ErrArgument
}

func (c *call) NewString(s string) int32 {
	switch {
	case len(s) > abi.MaxString:
		return abi.ErrLimit
	case !utf8.ValidString(s):
		return abi.ErrArgument
	}
	return c.give(&c.doc, c.doc.NewString([]byte(s)))
}

func (c *call) NewJSON(s string) int32 {
	if len(s) > abi.MaxString {
		return abi.ErrLimit
	}
	n, err := c.doc.NewJSON([]byte(s))
	if err != nil {
		return abi.ErrSyntax
	}
	return c.give(&c.doc, n)
}

func (c *call) NewInt(v int64) int32 { return c.give(&c.doc, c.doc.NewInt(v)) }

func (c *call) NewFloat(v float64) int32 {
	n := c.doc.NewFloat(v)
	if n == 0 {
		return abi.ErrArgument
	}
	return c.give(&c.doc, n)
}

func (c *call) Set(h uint32, key string, v uint32) int32 {
	a, n, denied := c.writable(h)
	if denied < 0 {
		return denied
	}
	m, bad := c.local(a, v)
	switch {
	case bad < 0:
		return bad
	case !utf8.ValidString(key):
		return abi.ErrArgument
	}
	if s := status(a.Set(n, key, m)); s < 0 {
		return s
	}
	return c.bounded(a)
}

// bounded holds the state to its bound after an edit.
func (c *call) bounded(a *document.Arena) int32 {
	if x := c.exchange; x != nil && a == &x.state && x.state.Size(x.root) > abi.MaxState {
		return abi.ErrLimit
	}
	return abi.OK
}

func (c *call) SetString(h uint32, key, s string) int32 {
	v := c.NewString(s)
	if v < 0 {
		return v
	}
	return c.Set(h, key, uint32(v))
}

func (c *call) SetInt(h uint32, key string, v int64) int32 {
	return c.Set(h, key, uint32(c.NewInt(v)))
}

func (c *call) Append(h, v uint32) int32 {
	a, n, denied := c.writable(h)
	if denied < 0 {
		return denied
	}
	m, bad := c.local(a, v)
	if bad < 0 {
		return bad
	}
	if s := status(a.Append(n, m)); s < 0 {
		return s
	}
	return c.bounded(a)
}

func (c *call) Replace(h, v uint32) int32 {
	a, n, denied := c.writable(h)
	if denied < 0 {
		return denied
	}
	m, bad := c.local(a, v)
	if bad < 0 {
		return bad
	}
	if s := status(a.Replace(n, m)); s < 0 {
		return s
	}
	return c.bounded(a)
}

func (c *call) Delete(h uint32) int32 {
	a, n, denied := c.writable(h)
	if denied < 0 {
		return denied
	}
	return status(a.Delete(n))
}

func (c *call) Copy(h uint32) int32 {
	a, n := c.at(h)
	return c.give(&c.doc, c.doc.CopyFrom(a, n))
}

func (c *call) Slice(h uint32, start, length int32) int32 {
	a, n := c.at(h)
	switch {
	case n == 0:
		return abi.ErrHandle
	case a.Kind(n) != abi.KindString:
		return abi.ErrKind
	}
	text, _ := a.Text(n)
	stop := int64(start) + int64(length)
	if start < 0 || length < 0 || stop > int64(len(text)) ||
		!boundary(text, int(start)) || !boundary(text, int(stop)) {
		return abi.ErrArgument
	}
	if a == &c.doc {
		part, _ := a.Slice(n, int(start), int(length))
		return c.give(a, part)
	}
	return c.give(&c.doc, c.doc.NewString(text[start:stop]))
}

func (c *call) Join(h uint32) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	joined := c.doc.Join(a, n)
	if joined == 0 {
		return abi.ErrKind
	}
	return c.give(&c.doc, joined)
}

func (c *call) Parse(h uint32) int32 {
	a, n := c.at(h)
	switch {
	case n == 0:
		return 0
	case a.Kind(n) != abi.KindString:
		return abi.ErrKind
	}
	text, _ := a.Text(n)
	root, err := c.doc.NewJSON(text)
	if err != nil {
		return abi.ErrSyntax
	}
	return c.give(&c.doc, root)
}

func (c *call) Stringify(h uint32) int32 {
	a, n := c.at(h)
	if n == 0 {
		return 0
	}
	return c.give(&c.doc, c.doc.NewString(a.AppendJSON(nil, n)))
}

func (c *call) Digest(h uint32, buf *byte) int32 {
	a, n := c.at(h)
	if n == 0 {
		return abi.ErrHandle
	}
	sum := sha256.Sum256(a.AppendJSON(nil, n))
	copy(unsafe.Slice(buf, len(sum)), sum[:])
	return abi.OK
}

func (c *call) Root(which int32) int32 {
	switch which {
	case abi.RootConfig:
		return c.give(c.config, c.configRoot)
	case abi.RootRecord:
		return c.give(&c.doc, c.record)
	case abi.RootState:
		if c.exchange == nil {
			return 0
		}
		if c.exchange.root == 0 {
			c.exchange.root = c.exchange.state.NewObject()
		}
		return c.give(&c.exchange.state, c.exchange.root)
	}
	return 0
}
