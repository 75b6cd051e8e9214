//go:build unix

package wasm

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// doorbells are those that no call uses now. The pipes of those that the collector takes are closed by
// os.File.
var doorbells = sync.Pool{New: func() any { return newDoorbell() }}

// ring waits for a network event of its own making. It reports whether it could.
func ring() bool {
	d := doorbells.Get().(*doorbell)
	ok := d.ring()
	if ok {
		doorbells.Put(d)
	}
	return ok
}

// doorbell is a pipe to oneself.
type doorbell struct {
	r, w *os.File
	conn syscall.RawConn // r's
	step func(fd uintptr) bool
	rung bool
	one  [1]byte
}

// newDoorbell gives one that cannot be rung if there are no pipes to be had.
func newDoorbell() *doorbell {
	d := new(doorbell)
	r, w, err := os.Pipe()
	if err != nil {
		return d
	}
	conn, err := r.SyscallConn()
	if err != nil || r.SetReadDeadline(time.Time{}) != nil { // the poller does not take it
		_ = r.Close()
		_ = w.Close()
		return d
	}
	d.r, d.w, d.conn, d.step = r, w, conn, d.wait
	return d
}

// ring waits until the poller has seen the bell. It reports whether the bell may be used again.
func (d *doorbell) ring() bool {
	if d.conn == nil {
		return false
	}
	d.rung = false
	return d.conn.Read(d.step) == nil
}

// wait is called by RawConn.Read: before it waits, and when the poller has seen that there is something to
// read. The bell rings in here because Read forgets events from before its beginning.
func (d *doorbell) wait(fd uintptr) (done bool) {
	if !d.rung {
		d.rung = true
		_, err := d.w.Write(d.one[:])
		return err != nil
	}
	_, err := syscall.Read(int(fd), d.one[:])
	return err != syscall.EAGAIN
}
