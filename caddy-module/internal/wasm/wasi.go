package wasm

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.uber.org/zap/zapcore"
)

// wasiModule is the name that guests import WASI from.
const wasiModule = "wasi_snapshot_preview1"

// Errors of WASI preview 1.
const (
	wasiOK     = 0
	wasiBadF   = 8
	wasiInval  = 28
	wasiNoSys  = 52
	wasiNotCap = 76
)

// wasiFunctions are WASI preview 1 as guests get it: clocks, random bytes, an empty environment and a
// standard output that goes to the debug log. There are no files, no sockets and no sleep. It is not
// wazero's own because every call has to cost fuel: one random_get or fd_write may be told to work
// through the whole memory.
var wasiFunctions = map[string]function{
	"args_get":          {signature{"ii", "i"}, wasiNothing},
	"args_sizes_get":    {signature{"ii", "i"}, wasiEmptyList},
	"environ_get":       {signature{"ii", "i"}, wasiNothing},
	"environ_sizes_get": {signature{"ii", "i"}, wasiEmptyList},

	"clock_res_get":  {signature{"ii", "i"}, clockResolution},
	"clock_time_get": {signature{"iIi", "i"}, clockTime},
	"random_get":     {signature{"ii", "i"}, wasiRandom},
	"sched_yield":    {signature{"", "i"}, wasiNothing},
	"poll_oneoff":    {signature{"iiii", "i"}, poll},
	"proc_exit":      {signature{"i", ""}, exit},
	"proc_raise":     {signature{"i", "i"}, refuse(wasiNoSys)},

	"fd_write":              {signature{"iiii", "i"}, fdWrite},
	"fd_read":               {signature{"iiii", "i"}, fdRead},
	"fd_fdstat_get":         {signature{"ii", "i"}, fdStat},
	"fd_close":              {signature{"i", "i"}, refuse(wasiBadF)},
	"fd_advise":             {signature{"iIIi", "i"}, refuse(wasiBadF)},
	"fd_allocate":           {signature{"iII", "i"}, refuse(wasiBadF)},
	"fd_datasync":           {signature{"i", "i"}, refuse(wasiBadF)},
	"fd_fdstat_set_flags":   {signature{"ii", "i"}, refuse(wasiBadF)},
	"fd_fdstat_set_rights":  {signature{"iII", "i"}, refuse(wasiBadF)},
	"fd_filestat_get":       {signature{"ii", "i"}, refuse(wasiBadF)},
	"fd_filestat_set_size":  {signature{"iI", "i"}, refuse(wasiBadF)},
	"fd_filestat_set_times": {signature{"iIIi", "i"}, refuse(wasiBadF)},
	"fd_pread":              {signature{"iiiIi", "i"}, refuse(wasiBadF)},
	"fd_prestat_get":        {signature{"ii", "i"}, refuse(wasiBadF)},
	"fd_prestat_dir_name":   {signature{"iii", "i"}, refuse(wasiBadF)},
	"fd_pwrite":             {signature{"iiiIi", "i"}, refuse(wasiBadF)},
	"fd_readdir":            {signature{"iiiIi", "i"}, refuse(wasiBadF)},
	"fd_renumber":           {signature{"ii", "i"}, refuse(wasiBadF)},
	"fd_seek":               {signature{"iIii", "i"}, refuse(wasiBadF)},
	"fd_sync":               {signature{"i", "i"}, refuse(wasiBadF)},
	"fd_tell":               {signature{"ii", "i"}, refuse(wasiBadF)},

	"path_create_directory":   {signature{"iii", "i"}, refuse(wasiNotCap)},
	"path_filestat_get":       {signature{"iiiii", "i"}, refuse(wasiNotCap)},
	"path_filestat_set_times": {signature{"iiiiIIi", "i"}, refuse(wasiNotCap)},
	"path_link":               {signature{"iiiiiii", "i"}, refuse(wasiNotCap)},
	"path_open":               {signature{"iiiiiIIii", "i"}, refuse(wasiNotCap)},
	"path_readlink":           {signature{"iiiiii", "i"}, refuse(wasiNotCap)},
	"path_remove_directory":   {signature{"iii", "i"}, refuse(wasiNotCap)},
	"path_rename":             {signature{"iiiiii", "i"}, refuse(wasiNotCap)},
	"path_symlink":            {signature{"iiiii", "i"}, refuse(wasiNotCap)},
	"path_unlink_file":        {signature{"iii", "i"}, refuse(wasiNotCap)},

	"sock_accept":   {signature{"iii", "i"}, refuse(wasiBadF)},
	"sock_recv":     {signature{"iiiiii", "i"}, refuse(wasiBadF)},
	"sock_send":     {signature{"iiiii", "i"}, refuse(wasiBadF)},
	"sock_shutdown": {signature{"ii", "i"}, refuse(wasiBadF)},
}

// refuse is a function that always gives errno.
func refuse(errno uint64) func(*call, []uint64) {
	return func(_ *call, s []uint64) { s[0] = errno }
}

func wasiNothing(_ *call, s []uint64) {
	if len(s) > 0 {
		s[0] = wasiOK
	}
}

// wasiEmptyList writes the sizes of no arguments and no environment.
func wasiEmptyList(c *call, s []uint64) {
	clear(c.bytes(s[0], 4))
	clear(c.bytes(s[1], 4))
	s[0] = wasiOK
}

func clockResolution(c *call, s []uint64) {
	binary.LittleEndian.PutUint64(c.bytes(s[1], 8), uint64(time.Microsecond))
	s[0] = wasiOK
}

// clockTime gives real time, to the microsecond. The monotonic clock also counts what the guest slept.
func clockTime(c *call, s []uint64) {
	dst := c.bytes(s[2], 8)
	var t int64
	switch uint32(s[0]) {
	case 0:
		t = time.Now().UnixNano()
	case 1, 2, 3:
		t = int64(uptime()) + c.in.slept
	default:
		s[0] = wasiInval
		return
	}
	binary.LittleEndian.PutUint64(dst, uint64(t-t%int64(time.Microsecond)))
	s[0] = wasiOK
}

func wasiRandom(c *call, s []uint64) {
	dst := c.bytes(s[0], s[1])
	c.spend(int64(len(dst)) * randomFuel)
	c.in.chance(dst)
	s[0] = wasiOK
}

// Layout of poll_oneoff.
const (
	subscriptionSize = 48
	eventSize        = 32
	pollMost         = 64 // subscriptions of one call
)

// poll answers at once: no guest may hold a thread by sleeping. Clocks count as run out, and the guest's
// monotonic clock jumps by what it asked for, so that it does not ask again and again. Files are bad.
func poll(c *call, s []uint64) {
	n := uint32(s[2])
	if n == 0 || n > pollMost {
		s[0] = wasiInval
		return
	}
	in := c.bytes(s[0], uint64(n)*subscriptionSize)
	out := c.bytes(s[1], uint64(n)*eventSize)
	count := c.bytes(s[3], 4)
	var longest uint64
	for i := range int(n) {
		sub, event := in[i*subscriptionSize:][:subscriptionSize], out[i*eventSize:][:eventSize]
		user, kind := binary.LittleEndian.Uint64(sub), sub[8]
		clear(event)
		binary.LittleEndian.PutUint64(event, user)
		event[10] = kind
		if kind != 0 {
			binary.LittleEndian.PutUint16(event[8:], wasiBadF)
			continue
		}
		timeout, flags := binary.LittleEndian.Uint64(sub[24:]), binary.LittleEndian.Uint16(sub[40:])
		if flags&1 != 0 { // absolute
			if at := uint64(uptime()) + uint64(c.in.slept); timeout > at {
				timeout -= at
			} else {
				timeout = 0
			}
		}
		longest = max(longest, timeout)
	}
	c.in.slept += int64(min(longest, uint64(24*time.Hour)))
	binary.LittleEndian.PutUint32(count, n)
	s[0] = wasiOK
}

func exit(c *call, s []uint64) {
	trap("called proc_exit(%d)", uint32(s[0]))
}

// outputKept bounds what is kept of a line that a guest writes to its standard output or error.
const outputKept = 512

// fdWrite takes standard output and error, line by line, to the debug log.
func fdWrite(c *call, s []uint64) {
	if fd := uint32(s[0]); fd != 1 && fd != 2 {
		s[0] = wasiBadF
		return
	}
	n := uint32(s[2])
	if n > 1024 {
		s[0] = wasiInval
		return
	}
	vectors := c.bytes(s[1], uint64(n)*8)
	var total uint32
	for ; len(vectors) > 0; vectors = vectors[8:] {
		b := c.bytes(uint64(binary.LittleEndian.Uint32(vectors)), uint64(binary.LittleEndian.Uint32(vectors[4:])))
		c.spend(int64(len(b)) * copyFuel)
		c.in.output(b)
		total += uint32(len(b))
	}
	binary.LittleEndian.PutUint32(c.bytes(s[3], 4), total)
	s[0] = wasiOK
}

// output collects lines, each cut at its bound.
func (in *instance) output(b []byte) {
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		in.line = append(in.line, line[:min(len(line), outputKept-len(in.line))]...)
		b = rest
		if !ended {
			return
		}
		in.note(in.line)
		in.write(zapcore.DebugLevel, bytes.ToValidUTF8(in.line, []byte("?")))
		in.line = in.line[:0]
	}
}

// note remembers what Go's runtime says of the panic that the guest is about to die of. Other panics may
// carry text of users: they only go to the debug log.
func (in *instance) note(line []byte) {
	for _, known := range [...]string{"panic: runtime error: ", "fatal error: "} {
		if bytes.HasPrefix(line, []byte(known)) && in.died == "" {
			in.died = string(bytes.ToValidUTF8(line[:min(len(line), 120)], nil))
		}
	}
}

// fdRead gives the end of an empty standard input.
func fdRead(c *call, s []uint64) {
	if uint32(s[0]) != 0 {
		s[0] = wasiBadF
		return
	}
	clear(c.bytes(s[3], 4))
	s[0] = wasiOK
}

// fdStat says that the standard streams are character devices.
func fdStat(c *call, s []uint64) {
	if uint32(s[0]) > 2 {
		s[0] = wasiBadF
		return
	}
	dst := c.bytes(s[1], 24)
	clear(dst)
	dst[0] = 2
	s[0] = wasiOK
}
