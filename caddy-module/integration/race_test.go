//go:build race

package integration

const raced = true // the race detector keeps memory of its own
