// Command bench compares the gateway with Caddy's own reverse_proxy doing the same HTTP work, in one
// run on one core, and prints ratios. `make bench` runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	binary := flag.String("caddy", "bin/caddy", "the caddy binary with Longmen in it")
	seconds := flag.Float64("seconds", 2, "length of one measurement in seconds")
	rounds := flag.Int("rounds", 5, "measurements of each kind, taken in turn; the median counts")
	only := flag.String("only", "", "comma-separated names of the cases to run (default all)")
	asUpstream := flag.Bool("upstream", false, "internal: play the providers")
	flag.Parse()
	if *asUpstream {
		if err := playUpstream(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	b := &bench{binary: *binary, length: time.Duration(*seconds * float64(time.Second)), rounds: *rounds}
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	binary   string
	length   time.Duration
	rounds   int
	dir      string
	upstream string // address
}

func (b *bench) run(only string) error {
	dir, err := os.MkdirTemp("", "longmen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	if b.binary, err = filepath.Abs(b.binary); err != nil {
		return err
	}
	stop, err := b.startUpstream()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("%-34s %10s %8s %8s   %s\n", "work", "measured", "floor", "aim", "detail")
	for _, c := range cases {
		if only != "" && !strings.Contains(","+only+",", ","+c.name+",") {
			continue
		}
		r, err := c.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		verdict := ""
		if !c.meets(r.value) {
			verdict = "  BELOW FLOOR"
		}
		fmt.Printf("%-34s %10s %8s %8s   %s%s\n", c.title, c.show(r.value), c.show(c.floor), c.show(c.aim), r.detail, verdict)
	}
	return nil
}

// startUpstream runs the providers in a process of their own, away from the gateway's core.
func (b *bench) startUpstream() (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{self, "-upstream"}
	if pinned() {
		args = append([]string{"taskset", "-c", "1"}, args...)
		// The load comes from this process; it shares the upstream's core.
		exec.Command("taskset", "-a", "-p", "-c", "1", fmt.Sprint(os.Getpid())).Run()
	}
	cmd := exec.Command(args[0], args[1:]...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(out, &b.upstream); err != nil {
		cmd.Process.Kill()
		return nil, fmt.Errorf("starting the upstream: %w", err)
	}
	return func() { cmd.Process.Kill(); cmd.Wait() }, nil
}

func playUpstream() error {
	addr, err := newUpstream().listen()
	if err != nil {
		return err
	}
	fmt.Println(addr)
	select {}
}
