package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// caddy is one running gateway process, on one core.
type caddy struct {
	cmd  *exec.Cmd
	log  bytes.Buffer
	port map[string]string // site name → address
}

// freePort asks the system for a port that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}

// startCaddy runs binary with a Caddyfile of the given global options and sites, on core 0 with one
// thread for Go code.
func startCaddy(binary, dir, global string, sites map[string]string) (*caddy, error) {
	c := &caddy{port: map[string]string{}}
	var file strings.Builder
	fmt.Fprintf(&file, "{\n\tadmin off\n\tauto_https off\n\tpersist_config off\n\tlog {\n\t\toutput discard\n\t}\n%s}\n", global)
	taken := map[string]bool{} // the system may give a port twice
	for name, body := range sites {
		port, err := freePort()
		for err == nil && taken[port] {
			port, err = freePort()
		}
		if err != nil {
			return nil, err
		}
		taken[port] = true
		c.port[name] = "127.0.0.1:" + port
		fmt.Fprintf(&file, "http://127.0.0.1:%s {\n%s}\n", port, body)
	}
	path := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		return nil, err
	}
	args := []string{binary, "run", "--config", path}
	if pinned() {
		args = append([]string{"taskset", "-c", "0"}, args...)
	}
	c.cmd = exec.Command(args[0], args[1:]...)
	c.cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "XDG_DATA_HOME="+filepath.Join(dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
	c.cmd.Stderr, c.cmd.Stdout = &c.log, &c.log
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	for _, addr := range c.port {
		if err := waitFor(addr); err != nil {
			c.stop()
			return nil, fmt.Errorf("%w\n%s\n%s", err, file.String(), c.log.String())
		}
	}
	return c, nil
}

// pinned tells whether processes can be kept apart on cores.
func pinned() bool {
	_, err := exec.LookPath("taskset")
	return err == nil && runtime.NumCPU() > 1
}

func waitFor(addr string) error {
	for range 3000 {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("nobody listens on %s after 15 s", addr)
}

func (c *caddy) stop() {
	c.cmd.Process.Signal(os.Interrupt)
	done := make(chan struct{})
	go func() { c.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		c.cmd.Process.Kill()
	}
}

// cpu is the processor time that the process has used.
func (c *caddy) cpu() time.Duration { return processorTime(strconv.Itoa(c.cmd.Process.Pid)) }

// processorTime is what a process has used, from /proc.
func processorTime(pid string) time.Duration {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+2:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}

// resident is the process's resident memory in bytes.
func (c *caddy) resident() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}
