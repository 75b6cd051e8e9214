package integration

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// read is a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fenced are the Caddyfiles in a Markdown text.
var fenced = regexp.MustCompile("(?ms)^```caddyfile\n(.*?)^```$")

// documented are all Caddyfiles that users may copy, by where they stand.
func documented(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin"):
			return fs.SkipDir
		case d.Name() == "Caddyfile", strings.HasSuffix(name, ".caddyfile"):
			out[name] = read(t, name)
		case strings.HasSuffix(name, ".md"):
			text := read(t, name)
			for _, at := range fenced.FindAllStringSubmatchIndex(text, -1) {
				line := 1 + strings.Count(text[:at[2]], "\n")
				out[name+":"+strconv.Itoa(line)] = text[at[2]:at[3]]
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDocumentedCaddyfiles holds every Caddyfile of the documentation against caddy adapt, caddy fmt and
// caddy validate.
func TestDocumentedCaddyfiles(t *testing.T) {
	files := documented(t)
	for _, name := range []string{"Caddyfile", "examples/quickstart/Caddyfile", "examples/redact-external/Caddyfile", "examples/redact-names/Caddyfile", "examples/custom-plugin/Caddyfile", "examples/any-client/Caddyfile", "examples/compliance/Caddyfile", "examples/multi-provider/Caddyfile",
		"examples/load-balancing/endpoints.caddyfile", "examples/load-balancing/keys.caddyfile", "examples/load-balancing/traffic.caddyfile"} {
		if files[name] == "" {
			t.Errorf("%s was not found", name)
		}
	}
	beside := map[string][]byte{
		"shout.wasm": builtWasm(t, "examples/custom-plugin", "shout.wasm"), "generate.wasm": builtWasm(t, "examples/multi-provider", "generate.wasm"),
		"generate.json": []byte(read(t, "examples/multi-provider/generate.json")), "long.json": []byte(read(t, "examples/multi-provider/long.json")),
	}
	t.Setenv("RECEIPT_KEY", "a-secret-of-thirty-two-bytes-or-more")
	t.Setenv("REDIS_URL", "redis://localhost")
	t.Setenv("LONGMEN_REDACT_KEY", "a-secret-of-placeholders")
	t.Setenv("GATEWAY_KEYS", "sk-0123456789")
	t.Setenv("ANN_KEY", "sk-ann-0123456789")
	t.Setenv("BOB_KEY", "sk-bob-0123456789")
	t.Setenv("LONGMEN_STORE_KEY", "a-secret-of-thirty-two-bytes-or-more")
	for _, name := range names(files) {
		t.Run(name, func(t *testing.T) {
			adapted := adapt(t, files[name])
			if formatted := string(caddyfile.Format([]byte(files[name]))); formatted != files[name] {
				t.Errorf("caddy fmt writes it otherwise:\n%s", formatted)
			}
			enter(t, beside)
			if err := validate(t, adapted); err != nil {
				t.Error(err)
			}
		})
	}
}

// enter goes into a folder with nothing but these files.
func enter(t *testing.T, files map[string][]byte) {
	t.Helper()
	t.Chdir(t.TempDir())
	for file, data := range files {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// builtWasm is a plugin of an example, built with the command of its README.
func builtWasm(t *testing.T, example, name string) []byte {
	t.Helper()
	text := read(t, example+"/README.md")
	_, command, ok := strings.Cut(text, "GOOS=wasip1 ")
	command, _, _ = strings.Cut(command, "\n")
	if !ok {
		t.Fatal("the README has no build command")
	}
	path := filepath.Join(t.TempDir(), name)
	command = "GOOS=wasip1 " + strings.Replace(command, "-o "+name, "-o "+path, 1)
	build := exec.Command("sh", "-c", command)
	build.Dir = filepath.Join(root, example)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// quote is how the demo model repeats a prompt.
func quote(prompt string) string { return "You said: " + prompt }

// expect checks a good answer of the demo model.
func expect(t *testing.T, a answer, text string, stream bool) {
	t.Helper()
	if a.status != 200 || a.text != text {
		t.Fatalf("got %d %q, want 200 %q; the body is\n%s", a.status, a.text, text, a.body)
	}
	if stream && (!a.done || a.events < 4) {
		t.Errorf("got %d events, [DONE] at the end %v:\n%s", a.events, a.done, a.body)
	}
}

func TestRootCaddyfile(t *testing.T) {
	c := start(t, read(t, "Caddyfile"))
	// The words of the README.
	const prompt = "I am jane@example.com and my card is 4111 1111 1111 1111."
	if !strings.Contains(read(t, "README.md"), prompt) {
		t.Errorf("the README does not say %q", prompt)
	}
	for _, stream := range []bool{true, false} {
		a := c.ask(chat("demo", prompt, stream))
		expect(t, a, quote(prompt), stream)
		seen := c.get("/llm_gateway/demo/last")
		var wire struct {
			Contents []struct{ Parts []struct{ Text string } }
		}
		if err := json.Unmarshal([]byte(seen), &wire); err != nil || len(wire.Contents) != 1 || len(wire.Contents[0].Parts) != 1 {
			t.Fatalf("the model saw no request of Gemini's: %v\n%s", err, seen)
		}
		if want := regexp.MustCompile(`^I am <EMAIL_\w+> and my card is <PAYMENT_CARD_\w+>\.$`); !want.MatchString(wire.Contents[0].Parts[0].Text) {
			t.Errorf("the model saw %q", wire.Contents[0].Parts[0].Text)
		}
		for _, secret := range []string{"jane", "example.com", "4111"} {
			if strings.Contains(seen, secret) {
				t.Errorf("the model saw %s: %s", secret, seen)
			}
		}
		if a.header.Get("X-Longmen-Provider") != "demo" {
			t.Errorf("provider is %q", a.header.Get("X-Longmen-Provider"))
		}
	}
}

func TestQuickstart(t *testing.T) {
	c := start(t, read(t, "examples/quickstart/Caddyfile"))
	for _, stream := range []bool{false, true} {
		body := chat("demo", "hello there, how is it", stream)
		expect(t, c.ask(body), quote("hello there, how is it"), stream)
		if seen := c.get("/llm_gateway/demo/last"); seen != body {
			t.Errorf("the model saw %s, want the client's bytes %s", seen, body)
		}
	}
}

func TestRedactExternal(t *testing.T) {
	c := start(t, read(t, "examples/redact-external/Caddyfile"))
	const resident, open = "my number is 11010519491231002X, please keep it", "Write to jane@example.com now please"
	for _, stream := range []bool{false, true} {
		a := c.ask(chat("m", resident, stream))
		expect(t, a, quote(resident), stream)
		if r, p := a.header.Get("X-Longmen-Route"), a.header.Get("X-Longmen-Provider"); r != "confidential" || p != "house" {
			t.Errorf("a resident ID took route %q to %q", r, p)
		}
		if seen := c.get("/llm_gateway/demo/last?provider=house"); !strings.Contains(seen, "11010519491231002X") {
			t.Errorf("the house saw %s", seen)
		}
		a = c.ask(chat("m", open, stream))
		expect(t, a, quote(open), stream)
		if r, p := a.header.Get("X-Longmen-Route"), a.header.Get("X-Longmen-Provider"); r == "confidential" || p != "outside" {
			t.Errorf("a prompt without one took route %q to %q", r, p)
		}
		seen := c.get("/llm_gateway/demo/last?provider=outside")
		if strings.Contains(seen, "jane") || strings.Contains(seen, "1101051949") || !strings.Contains(seen, "EMAIL_") || !strings.Contains(seen, `"contents"`) {
			t.Errorf("the outside saw %s", seen)
		}
	}
}

func TestCustomPlugin(t *testing.T) {
	enter(t, map[string][]byte{"shout.wasm": builtWasm(t, "examples/custom-plugin", "shout.wasm")})
	c := start(t, read(t, "examples/custom-plugin/Caddyfile"))
	for _, stream := range []bool{true, false} {
		expect(t, c.ask(chat("demo", "hello from the house", stream)), "YOU SAID: HELLO FROM THE HOUSE", stream)
	}
}

func TestReadmeConfiguration(t *testing.T) {
	all := fenced.FindStringSubmatch(read(t, "README.md"))
	if all == nil {
		t.Fatal("the README has no Caddyfile")
	}
	c := start(t, all[1])
	a := c.ask(chat("gpt-5", "mail jane@example.com again", true))
	expect(t, a, quote("mail jane@example.com again"), true)
	if p := a.header.Get("X-Longmen-Provider"); p != "demo" {
		t.Errorf("without keys %q answered", p)
	}
}

// TestXcaddyVersion holds xcaddy.json against the Caddy that is tested here.
func TestXcaddyVersion(t *testing.T) {
	var recorded struct {
		CaddyVersion string   `json:"caddy_version"`
		Modules      []string `json:"modules"`
	}
	if err := json.Unmarshal([]byte(read(t, "xcaddy.json")), &recorded); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`github\.com/caddyserver/caddy/v2 (v\S+)`).FindStringSubmatch(read(t, "go.mod"))
	if want == nil || recorded.CaddyVersion != want[1] {
		t.Errorf("xcaddy.json has %s, go.mod has %v", recorded.CaddyVersion, want)
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/caddyserver/caddy/v2" && m.Version != recorded.CaddyVersion {
				t.Errorf("xcaddy.json has %s, the tests run %s", recorded.CaddyVersion, m.Version)
			}
		}
	}
	if len(recorded.Modules) != 1 || recorded.Modules[0] != "github.com/longmen-gateway/longmen/caddy-module" {
		t.Errorf("xcaddy.json builds %v", recorded.Modules)
	}
}

// TestNoReplace: a module with replace lines cannot be built by xcaddy as others do.
func TestNoReplace(t *testing.T) {
	for line := range strings.Lines(read(t, "go.mod")) {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod has %s", line)
		}
	}
}

// TestAnyClient runs the commands of examples/any-client: every dialect asks another provider.
func TestAnyClient(t *testing.T) {
	c := start(t, read(t, "examples/any-client/Caddyfile"))
	commands := regexp.MustCompile(`(?m)^    curl http://localhost:8080(\S+)(?: -H '([^:]+): ([^']+)')?(?: -d '(.*)')?$`).
		FindAllStringSubmatch(read(t, "examples/any-client/README.md"), -1)
	want := []struct{ provider, text string }{
		{"gem", `"content":"You said: hello"`}, {"oai", `"text":"You said: hello"`}, {"claude", `"text":"You said: hello"`},
		{"house", `"text":"You said: hello"`}, {"gem", `"done":true`}, {"", `"id":"fast"`},
	}
	if len(commands) != len(want) {
		t.Fatalf("the README has %d commands, want %d", len(commands), len(want))
	}
	for i, m := range commands {
		method := http.MethodPost
		if m[4] == "" {
			method = http.MethodGet
		}
		r, err := http.NewRequest(method, c.site+m[1], strings.NewReader(m[4]))
		if err != nil {
			t.Fatal(err)
		}
		if m[2] != "" {
			r.Header.Set(m[2], m[3])
		}
		resp, err := c.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || resp.Header.Get("X-Longmen-Provider") != want[i].provider || !strings.Contains(string(body), want[i].text) {
			t.Errorf("%s: %d by %q, %v\n%s\nwant %s by %q", m[0], resp.StatusCode, resp.Header.Get("X-Longmen-Provider"), err, body, want[i].text, want[i].provider)
		}
	}
}
