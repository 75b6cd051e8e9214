package agents

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// The agents write this, with what shells and JSON have to quote, and read it again.
const (
	fileName = "hello.txt"
	fileText = "Grüße \"aus\" 龙门 <&>\n"
)

// count is the command with which they count its bytes.
const count = "wc -c " + fileName

// agent is a program that can be driven without a terminal.
type agent struct {
	name    string
	dialect string // that it speaks
	// command is a turn of a session, with a home of its own, against a gateway. A later turn goes on with the
	// session that the home remembers.
	command func(t *testing.T, home, base, prompt string, later bool) *exec.Cmd
	// script has the agent's names for what it can do.
	script func(work string) script
}

var (
	claudeCode = agent{"Claude Code", "anthropic.messages", claude, claudeScript}
	codexCLI   = agent{"Codex", "openai.responses", codex, codexScript}
	geminiCLI  = agent{"Gemini CLI", "gemini.generate", geminiCommand, geminiScript}
	opencode   = agent{"opencode", "openai.chat", openCode, openCodeScript}
)

// installed is a file of an installed package.
func installed(t *testing.T, path string) string {
	t.Helper()
	file := filepath.Join(os.Getenv("LONGMEN_AGENTS"), "node_modules", filepath.FromSlash(path))
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%v: run make test-clients", err)
	}
	return file
}

// environment is all that an agent gets: nothing of ours, and proxies that lead nowhere for all but the
// gateway.
func environment(home, trap string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "TERM=dumb", "CI=1",
		"HTTP_PROXY=" + trap, "HTTPS_PROXY=" + trap, "ALL_PROXY=" + trap, "NO_PROXY=127.0.0.1,localhost",
		"http_proxy=" + trap, "https_proxy=" + trap, "all_proxy=" + trap, "no_proxy=127.0.0.1,localhost",
	}, more...)
}

// claude runs Claude Code by the wrapper of its package: npm is told to run no install scripts, and one
// of them would put the native binary into its place.
func claude(t *testing.T, home, base, prompt string, later bool) *exec.Cmd {
	args := []string{installed(t, "@anthropic-ai/claude-code/cli-wrapper.cjs"),
		"-p", prompt, "--model", "claude-sonnet-5", "--permission-mode", "acceptEdits", "--allowedTools", "Bash", "Read", "Write"}
	if later {
		args = append(args, "--continue")
	}
	cmd := exec.Command("node", args...)
	cmd.Env = []string{
		"ANTHROPIC_BASE_URL=" + base, "ANTHROPIC_API_KEY=client-key", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
		"DISABLE_TELEMETRY=1", "DISABLE_ERROR_REPORTING=1", "DISABLE_AUTOUPDATER=1",
	}
	return cmd
}

func claudeScript(work string) script {
	path := filepath.Join(work, fileName)
	return session(
		call{name: "Write", args: map[string]any{"file_path": path, "content": fileText}},
		call{name: "Read", args: map[string]any{"file_path": path}},
		call{name: "Bash", args: map[string]any{"command": count, "description": "Counts bytes"}},
	)
}

func codex(t *testing.T, home, base, prompt string, later bool) *exec.Cmd {
	config := `model = "gpt-5"
model_provider = "longmen"
model_reasoning_effort = "high"
check_for_update_on_startup = false
approval_policy = "never"
sandbox_mode = "danger-full-access"

[analytics]
enabled = false

[features] # all of these ask GitHub or ChatGPT
apps = false
plugins = false
remote_plugin = false

[model_providers.longmen]
name = "longmen"
base_url = "` + base + `/v1"
env_key = "LONGMEN_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
`
	write(t, filepath.Join(home, ".codex", "config.toml"), config)
	args := []string{installed(t, "@openai/codex/bin/codex.js"), "exec"}
	if later {
		args = append(args, "resume", "--last")
	}
	cmd := exec.Command("node", append(args, "--skip-git-repo-check", prompt)...)
	cmd.Env = []string{"LONGMEN_KEY=client-key"}
	return cmd
}

func codexScript(string) script {
	return session(
		call{name: "exec_command", args: map[string]any{"cmd": "printf '%s\\n' 'Grüße \"aus\" 龙门 <&>' > " + fileName}},
		call{name: "exec_command", args: map[string]any{"cmd": "cat " + fileName}},
		call{name: "exec_command", args: map[string]any{"cmd": count}},
	)
}

func geminiCommand(t *testing.T, home, base, prompt string, later bool) *exec.Cmd {
	write(t, filepath.Join(home, ".gemini", "settings.json"), `{
		"privacy": {"usageStatisticsEnabled": false}, "telemetry": {"enabled": false},
		"general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
		"security": {"auth": {"selectedType": "gemini-api-key"}}
	}`)
	args := []string{installed(t, "@google/gemini-cli/bundle/gemini.js"), "-p", prompt, "--yolo", "--skip-trust", "-m", "gemini-3-pro-preview"}
	if later {
		args = append(args, "--resume", "latest")
	}
	cmd := exec.Command("node", args...)
	cmd.Env = []string{"GEMINI_API_KEY=client-key", "GOOGLE_GEMINI_BASE_URL=" + base}
	return cmd
}

func openCode(t *testing.T, home, base, prompt string, later bool) *exec.Cmd {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the lock file has opencode for Linux on amd64 only")
	}
	write(t, filepath.Join(home, ".config", "opencode", "opencode.json"), `{
		"provider": {"longmen": {
			"npm": "@ai-sdk/openai-compatible",
			"options": {"baseURL": "`+base+`/v1", "apiKey": "client-key"},
			"models": {"any": {"name": "any", "tool_call": true, "reasoning": true, "options": {"reasoningEffort": "high"}}}
		}},
		"model": "longmen/any", "small_model": "longmen/any", "autoupdate": false, "share": "disabled"
	}`)
	args := []string{"run", prompt}
	if later {
		args = append(args, "--continue")
	}
	cmd := exec.Command(installed(t, "opencode-linux-x64/bin/opencode"), args...)
	cmd.Env = []string{"OPENCODE_DISABLE_MODELS_FETCH=1", "OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_LSP_DOWNLOAD=1", "npm_config_offline=true"}
	return cmd
}

func openCodeScript(work string) script {
	path := filepath.Join(work, fileName)
	return session(
		call{name: "write", args: map[string]any{"filePath": path, "content": fileText}},
		call{name: "read", args: map[string]any{"filePath": path}},
		call{name: "bash", args: map[string]any{"command": count, "description": "Counts bytes"}},
	)
}

func geminiScript(work string) script {
	path := filepath.Join(work, fileName)
	return session(
		call{name: "write_file", args: map[string]any{"file_path": path, "content": fileText}},
		call{name: "read_file", args: map[string]any{"file_path": path}},
		call{name: "run_shell_command", args: map[string]any{"command": count, "description": "Counts bytes"}},
	)
}

// session is the script with an agent's calls.
func session(write, read, count call) script {
	return script{
		steps: []step{
			{thought: "First I write.", calls: []call{write}},
			{thought: "Then I look twice.", calls: []call{read, count}},
		},
		told: "The file says:",
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
