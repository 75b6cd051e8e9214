//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package record

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// lockWait is how long a line waits for other processes that write to the file.
const lockWait = 2 * time.Second

var errLocked = errors.New("another process keeps the file locked")

// lock takes the file for this process alone. Locks belong to openings, so two of one process exclude each other too.
func lock(f *os.File) error {
	for deadline := time.Now().Add(lockWait); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EINTR):
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return os.NewSyscallError("flock", err)
		case time.Now().After(deadline):
			return errLocked
		default:
			time.Sleep(100 * time.Microsecond)
		}
	}
}

// unlock ends the lock. It ends with the opening in any case.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
