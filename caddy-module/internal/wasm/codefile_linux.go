package wasm

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// leastCode is from how many bytes on compiled code is worth a file.
const leastCode = 1 << 20

// span is a range of addresses.
type span struct{ start, end uintptr }

// codeSpans are the mappings that can be run and stand for no file: compiled code.
func codeSpans() []span {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil
	}
	defer f.Close()
	var all []span
	for s := bufio.NewScanner(f); s.Scan(); {
		// 7f0000000000-7f0000200000 r-xp 00000000 00:00 0
		fields := strings.Fields(s.Text())
		if len(fields) != 5 || fields[1] != "r-xp" || fields[4] != "0" {
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 == nil && err2 == nil {
			all = append(all, span{uintptr(start), uintptr(end)})
		}
	}
	return all
}

// keepCode puts a file in dir in place of the compiled code that was mapped since before was taken: what is not run then takes no memory, and
// what is can be given back to the system. wazero reads all of a module's code, 26 MB of the built-in one, of which a third is
// ever run. The file has no name, so that nobody can change or cut short what is being run. It returns the size, 0 if the code stays
// where it is. Nobody else may compile meanwhile, and the code is not let go.
func keepCode(dir string, before []span) int {
	if dir == "" {
		return 0
	}
	var code span
	for _, s := range codeSpans() {
		fresh := s.end-s.start >= leastCode
		for _, b := range before {
			fresh = fresh && (s.end <= b.start || s.start >= b.end)
		}
		switch {
		case fresh && code.start != 0:
			return 0 // one of them is somebody else's
		case fresh:
			code = s
		}
	}
	if code.start == 0 {
		return 0
	}
	at := unsafe.Add(unsafe.Pointer(nil), code.start)
	text := unsafe.Slice((*byte)(at), code.end-code.start)
	f := codeFile(dir, text)
	if f == nil {
		return 0
	}
	defer f.Close()
	if _, err := unix.MmapPtr(int(f.Fd()), 0, at, code.end-code.start, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_FIXED); err != nil {
		return 0
	}
	return len(text)
}

// codeFile is a file without a name that holds text, nil if there can be none.
func codeFile(dir string, text []byte) *os.File {
	f, err := os.CreateTemp(dir, "code-")
	if err != nil {
		return nil
	}
	err = os.Remove(f.Name())
	if err == nil {
		_, err = f.Write(text)
	}
	if err != nil {
		_ = f.Close()
		return nil
	}
	return f
}
