package chain

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Mark is what a writer notes beside a file, so that it knows the chain's end when the file is gone or was cut off.
type Mark struct {
	Head
	Size int64 // of the file behind its last line
}

// MarkLen is how long the text of a mark is.
const MarkLen = 2*(20+1) + 2*(2*len(Sum{})+1)

// Mark spells a mark: number, sum, size and the seal's sum of these, on one line.
func (s *Seal) Mark(m Mark) []byte {
	b := fmt.Appendf(make([]byte, 0, MarkLen), "%020d %s %020d ", m.Seq, m.Sum, m.Size)
	sum := s.sum(b)
	return append(hex.AppendEncode(b, sum[:]), '\n')
}

// ReadMark is the inverse of Mark; it is false for what this seal did not make.
func (s *Seal) ReadMark(b []byte) (m Mark, ok bool) {
	fields := bytes.Fields(b)
	if len(b) != MarkLen || len(fields) != 4 || len(fields[1]) != 2*len(m.Sum) || !readSum(&m.Sum, fields[1]) {
		return Mark{}, false
	}
	var err error
	if m.Seq, err = strconv.ParseUint(string(fields[0]), 10, 64); err != nil {
		return Mark{}, false
	}
	if m.Size, err = strconv.ParseInt(string(fields[2]), 10, 64); err != nil {
		return Mark{}, false
	}
	return m, bytes.Equal(s.Mark(m), b)
}
