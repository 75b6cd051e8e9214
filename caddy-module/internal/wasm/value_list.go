package wasm

import (
	"encoding/binary"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// children lists as many children of a container as the guest's buffer takes: one call instead of three
// for each child of a small object. Their handles follow one another.
func children(c *call, s []uint64) {
	a, n, id := c.walkable(s[0])
	buf := c.bytes(s[1], s[2])
	s[0] = 0
	if a == nil || len(buf) < abi.ListHeaderSize {
		return
	}
	before := a.Added()
	child := a.First(n)
	c.visited(a, before)
	if child == 0 {
		return
	}
	listed, at := 0, abi.ListHeaderSize
	for ; child != 0; child = a.Next(child) {
		name := a.Key(child)
		c.spend(int64(len(name)) * copyFuel)
		stored := min(len(name), abi.ListNameMax)
		if len(buf)-at < abi.ListEntrySize+stored {
			break
		}
		h := c.handle(id, child)
		if int32(h) < 0 {
			if listed == 0 {
				s[0] = h
				return
			}
			break
		}
		if listed == 0 {
			binary.LittleEndian.PutUint32(buf, uint32(h))
		}
		buf[at], buf[at+1] = byte(a.Kind(child)), byte(stored)
		binary.LittleEndian.PutUint16(buf[at+2:], uint16(min(len(name), 1<<16-1)))
		at += abi.ListEntrySize + copy(buf[at+abi.ListEntrySize:], name[:stored])
		listed++
	}
	binary.LittleEndian.PutUint32(buf[4:], uint32(min(a.Len(n), 1<<32-1)))
	c.spend(int64(at)*copyFuel + int64(listed)*memberFuel)
	s[0] = status(int32(listed))
}
