package agents

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

func TestMain(m *testing.M) { gateway.Main(m) }

// upstreams are the providers' sides of sessions.
var upstreams = map[string]struct {
	wire  wire
	path  string // of the base URL
	model string // that every name means
}{
	"anthropic.messages": {anthropic{}, "/v1", "claude-sonnet-5"},
	"gemini.generate":    {gemini{}, "/v1beta", "gemini-3-pro-preview"},
	"openai.chat":        {openAI{}, "/v1", "gpt-5"},
}

// patience is how long a turn may take; it takes seconds.
const patience = 2 * time.Minute

// TestSessions: agents finish a session of tool calls through a provider that does not speak their
// dialect, and its signatures come back to it. Then they go on with the session, some at another provider.
func TestSessions(t *testing.T) {
	if os.Getenv("LONGMEN_AGENTS") == "" {
		t.Skip("the agents are no Go modules: make test-clients installs them and sets LONGMEN_AGENTS")
	}
	for _, tt := range []struct {
		agent    agent
		upstream string
		later    string // provider of the next turn
		busy     bool   // the provider is, at first: agents come back when they are told to, and take their time
	}{
		{claudeCode, "gemini.generate", "gemini.generate", true},
		{claudeCode, "gemini.generate", "anthropic.messages", false},
		{claudeCode, "openai.chat", "openai.chat", false},
		{claudeCode, "anthropic.messages", "gemini.generate", false},
		{codexCLI, "anthropic.messages", "anthropic.messages", false},
		{codexCLI, "gemini.generate", "gemini.generate", true},
		{codexCLI, "openai.chat", "anthropic.messages", false},
		{geminiCLI, "anthropic.messages", "anthropic.messages", true},
		{geminiCLI, "anthropic.messages", "gemini.generate", false},
		{geminiCLI, "openai.chat", "openai.chat", false},
		{geminiCLI, "gemini.generate", "openai.chat", false},
		{opencode, "anthropic.messages", "gemini.generate", false},
		{opencode, "gemini.generate", "gemini.generate", true},
	} {
		t.Run(tt.agent.name+" with "+tt.upstream+", then "+tt.later, func(t *testing.T) { run(t, tt.agent, tt.upstream, tt.later, tt.busy) })
	}
}

func run(t *testing.T, a agent, upstream, later string, busy bool) {
	home, work := t.TempDir(), t.TempDir()
	script := a.script(work)
	first, url := open(t, upstream, script)
	first.busy = busy
	trap := &trap{}
	nowhere := httptest.NewServer(trap)
	defer nowhere.Close()
	out := speak(t, a.command(t, home, url, "Create the file "+fileName+", then read it.", false), home, work, nowhere.URL)
	wantSaid(t, out)
	if b, err := os.ReadFile(filepath.Join(work, fileName)); err != nil || string(b) != fileText {
		t.Errorf("the file is %q, %v, want %q", b, err, fileText)
	}
	first.wantServed(0, 1, 2)
	if !t.Failed() {
		second := first
		if later != upstream {
			second, url = open(t, later, script)
		}
		out = speak(t, a.command(t, home, url, "What does it say?", true), home, work, nowhere.URL)
		wantSaid(t, out)
		second.wantServed(2)
	}
	for _, host := range trap.hosts() {
		t.Errorf("the agent wanted to reach %s", host)
	}
	if t.Failed() {
		t.Logf("the agent said:\n%s", out)
	}
}

// open starts a scripted model with a gateway before it, and returns the gateway's address.
func open(t *testing.T, upstream string, s script) (*model, string) {
	t.Helper()
	up := upstreams[upstream]
	m, url := serve(t, up.wire, s)
	g := gateway.Start(t,
		"\t\tprovider upstream {\n\t\t\tbase_url "+url+up.path+"\n\t\t\tdialect "+upstream+"\n\t\t\tapi_key upstream-key\n\t\t\tmodels {\n\t\t\t\t* "+up.model+"\n\t\t\t}\n\t\t}",
		"\tllm_gateway {\n\t\tauth keys client-key\n\t\troute {\n\t\t\tto upstream\n\t\t}\n\t}")
	return m, g.URL
}

// wantSaid: the agent's last word is the model's, who saw what the tools said.
func wantSaid(t *testing.T, out string) {
	t.Helper()
	for _, want := range []string{"The file says:", "Grüße", "龙门 <&>", fmt.Sprint(len(fileText), " ", fileName)} {
		if !strings.Contains(out, want) {
			t.Errorf("the agent did not say %q", want)
		}
	}
}

// speak runs a turn of an agent's and returns what it says.
func speak(t *testing.T, cmd *exec.Cmd, home, work, trap string) string {
	t.Helper()
	cmd.Env = environment(home, trap, cmd.Env...)
	cmd.Dir = work
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an agent starts others
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	stop()
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind
	if err != nil {
		t.Errorf("the agent ended with %v after %s", err, time.Since(began))
	}
	return out.String()
}

// trap is a proxy that leads nowhere.
type trap struct {
	mu   sync.Mutex
	seen []string
}

func (p *trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.Host)
	p.mu.Unlock()
	http.Error(w, "there is no internet here", http.StatusBadGateway)
}

func (p *trap) hosts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}
