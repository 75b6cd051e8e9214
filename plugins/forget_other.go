//go:build !linux

package plugins

// Forget does nothing here: the system takes pages of the program's file back when it needs them.
func Forget() {}
