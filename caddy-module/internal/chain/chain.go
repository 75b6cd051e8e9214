// Package chain holds the form of records that are bound to each other: each line carries a number, the sum of the
// line before it and its own, so that a line that was changed, taken out, put in or moved is found. Package record
// writes such lines, the command llm-redact verify reads them.
//
// A line is, without a blank,
//
//	{"seq":2,"prev":"<sum of line 1>","record":{…},"hash":"<sum>"}
//
// where a sum is 64 hexadecimal digits. It is the SHA-256 of the line's bytes before ,"hash": or, with a key, their
// HMAC-SHA-256, and the member is then called mac. Without a key whoever can write the file can also compute it anew;
// with one only who has the key can. The first line of a chain has number 1 and a prev of zeros. A chain goes on
// over files: the first line of the next one names the last line of the one before.
package chain

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// Sum binds a line to the one before it.
type Sum [sha256.Size]byte

// String is the sum as lines spell it.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Head is the end of a chain: what the next line is bound to. Its zero value is a chain without lines.
type Head struct {
	Seq uint64
	Sum Sum
}

// ParseHead reads <number>:<sum>.
func ParseHead(text string) (h Head, err error) {
	number, sum, _ := strings.Cut(text, ":")
	h.Seq, err = strconv.ParseUint(number, 10, 64)
	if err != nil || h.Seq == 0 || len(sum) != 2*len(h.Sum) || !readSum(&h.Sum, []byte(sum)) {
		return Head{}, errors.New("it is no line of a chain, expected its number, a colon and its sum of 64 hexadecimal digits")
	}
	return h, nil
}

// MinKey is how many bytes a key has at least.
const MinKey = 16

// Seal makes and checks sums. It is safe for concurrent use.
type Seal struct{ key []byte }

// NewSeal makes the seal of a key, "" for none. The error does not show the key.
func NewSeal(key string) (*Seal, error) {
	if key != "" && len(key) < MinKey {
		return nil, fmt.Errorf("key of the chain is too short, expected at least %d characters", MinKey)
	}
	return &Seal{key: []byte(key)}, nil
}

// Keyed tells whether there is a key.
func (s *Seal) Keyed() bool { return len(s.key) > 0 }

// ID tells seals apart without showing their key.
func (s *Seal) ID() string {
	sum := sha256.Sum256(s.key)
	return hex.EncodeToString(sum[:])
}

// The parts of a line.
const (
	beforeSeq    = `{"seq":`
	beforePrev   = `,"prev":"`
	beforeRecord = `","record":`
	beforeHash   = `,"hash":"`
	beforeMAC    = `,"mac":"`
	behind       = `"}`
)

// Overhead is how many bytes a line has at most beside its record, without the line's end.
const Overhead = len(beforeSeq) + 20 + len(beforePrev) + len(beforeRecord) + len(beforeHash) + len(behind) + 4*sha256.Size

// Append appends the line of a record, the text of a JSON value without line breaks, that follows after. It returns
// the chain's new end. The line has no line break at its end.
func (s *Seal) Append(dst []byte, after Head, record []byte) ([]byte, Head) {
	start := len(dst)
	dst = appendStart(dst, after)
	dst = append(dst, record...)
	now := Head{Seq: after.Seq + 1, Sum: s.sum(dst[start:])}
	dst = append(dst, s.name()...)
	dst = hex.AppendEncode(dst, now.Sum[:])
	return append(dst, behind...), now
}

func appendStart(dst []byte, after Head) []byte {
	dst = append(dst, beforeSeq...)
	dst = strconv.AppendUint(dst, after.Seq+1, 10)
	dst = append(dst, beforePrev...)
	dst = hex.AppendEncode(dst, after.Sum[:])
	return append(dst, beforeRecord...)
}

func (s *Seal) name() string {
	if s.Keyed() {
		return beforeMAC
	}
	return beforeHash
}

func (s *Seal) sum(signed []byte) (sum Sum) {
	var h hash.Hash
	if s.Keyed() {
		h = hmac.New(sha256.New, s.key)
	} else {
		h = sha256.New()
	}
	h.Write(signed)
	h.Sum(sum[:0])
	return sum
}

// Fits tells whether the line's sum is that of its bytes.
func (s *Seal) Fits(l *Line) bool {
	sum := s.sum(l.signed)
	return l.Keyed == s.Keyed() && hmac.Equal(sum[:], l.Sum[:])
}

// Line is a line that was read. It refers to the bytes it was read from.
type Line struct {
	Seq    uint64
	Prev   Sum
	Record []byte // not checked to be JSON
	Sum    Sum
	Keyed  bool   // made with a key
	signed []byte // what the sum is of
}

// Head is the chain's end behind the line.
func (l *Line) Head() Head { return Head{Seq: l.Seq, Sum: l.Sum} }

// ErrForm is the error of a line that is none of a chain.
var ErrForm = errors.New(`no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}`)

// Parse reads a line, without its line break. Only the one spelling of Append is taken.
func Parse(b []byte) (l Line, err error) {
	const tail = 2*sha256.Size + len(behind)
	if len(b) < tail || !bytes.HasPrefix(b, []byte(beforeSeq)) {
		return l, ErrForm
	}
	signed, end := b[:len(b)-tail], b[len(b)-tail:]
	var ok bool
	if signed, ok = bytes.CutSuffix(signed, []byte(beforeMAC)); ok {
		l.Keyed = true
	} else if signed, ok = bytes.CutSuffix(signed, []byte(beforeHash)); !ok {
		return l, ErrForm
	}
	if string(end[2*sha256.Size:]) != behind || !readSum(&l.Sum, end) {
		return l, ErrForm
	}
	l.signed = signed
	digits, rest, ok := bytes.Cut(signed[len(beforeSeq):], []byte(beforePrev))
	if !ok || len(digits) == 0 || len(digits) > 20 || digits[0] == '0' || len(rest) < 2*sha256.Size || !readSum(&l.Prev, rest) {
		return l, ErrForm
	}
	if l.Seq, err = strconv.ParseUint(string(digits), 10, 64); err != nil {
		return l, ErrForm
	}
	if l.Record, ok = bytes.CutPrefix(rest[2*sha256.Size:], []byte(beforeRecord)); !ok || len(l.Record) == 0 {
		return l, ErrForm
	}
	return l, nil
}

// readSum reads the digits at the start of b, lower case as they are written.
func readSum(into *Sum, b []byte) bool {
	b = b[:2*sha256.Size]
	for _, c := range b {
		if c >= 'A' && c <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(into[:], b)
	return err == nil
}

// Torn tells whether b is what a write that was cut off leaves of the line after head: its beginning.
func Torn(b []byte, head Head) bool {
	start := appendStart(nil, head)
	if len(b) <= len(start) {
		return bytes.HasPrefix(start, b)
	}
	return bytes.HasPrefix(b, start)
}
