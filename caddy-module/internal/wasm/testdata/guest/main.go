// Command guest is the Go guest of the sandbox's tests and benchmarks.
package main

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

func init() {
	longmen.Register(longmen.Plugin{
		Name: "noop", Version: "1", Purpose: "test",
		Text: func(t *longmen.Text) error { return nil },
	})
}

func main() {}
