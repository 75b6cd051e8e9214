package caddyllm

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// files puts files into the working directory of the test.
func files(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range contents {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// flags are those of a command line.
func flags(t *testing.T, cmd *cobra.Command, line string) (caddycmd.Flags, []string) {
	t.Helper()
	if err := cmd.ParseFlags(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	return caddycmd.Flags{FlagSet: cmd.Flags()}, cmd.Flags().Args()
}

// tags are the parts of placeholders that are others in each run.
var tags = regexp.MustCompile(`_[2-9A-HJ-NP-Z]{4,}>`)

const redacting = `{
	llm_gateway {
		plugin pii redact {
			config {
				detect email ip_address
				mode block
				modes {
					email detect
				}
				custom project {
					words "Blue Heron"
					mode mask
					test "the Blue Heron plan"
					test_not "a heron"
				}
			}
		}
		plugin other redact {
			config other.json
		}
		plugin answers
	}
}
`

// What a gateway keeps and proves is of no account to who only looks.
const proven = `{
	llm_gateway {
		plugin pii redact {
			grant record proof file /nowhere/receipts.jsonl {
				chain {env.LONGMEN_UNSET}
			}
			grant kv
			config {
				detect email
				receipts proof
				session {
					header X-Session
				}
			}
		}
	}
}
`

var scanned = map[string]string{
	"a.txt":      "Hello\n身份证号 11010519491231002X, mail ann@corp.example\n",
	"b.jsonl":    "{\"msg\":\"to \\u0061nn@corp.example\",\"n\":1}\n{\"msg\":\"nothing\"}\n",
	"c.log":      "all is well\n",
	"d.bin":      "a\x00b",
	"Caddyfile":  redacting,
	"other.json": `{"detect": ["payment_card"]}`,
	"proven":     proven,
	"one":        strings.Replace(redacting, "plugin other redact {\n\t\t\tconfig other.json\n\t\t}\n", "", 1),
	"e.txt":      "Blue Heron from 8.8.4.4 to ann@corp.example, card 4111 1111 1111 1111\n",
}

func TestScan(t *testing.T) {
	files(t, scanned)
	tests := []struct {
		line, in string
		code     int
		want     string
		problems string
	}{
		{"a.txt b.jsonl c.log", "", exitFound, `a.txt:2:6: cn_resident_id
a.txt:2:31: email
b.jsonl:1:12: email

TYPE            COUNT  FILES
email           2      2
cn_resident_id  1      1

3 found in 2 of 3 files
`, ""},
		{"--show a.txt", "", exitFound, `a.txt:2:6: cn_resident_id
    Hello 身份证号 <CN_RESIDENT_ID>, mail <EMAIL>
a.txt:2:31: email
    <CN_RESIDENT_ID>, mail <EMAIL> 

TYPE            COUNT  FILES
cn_resident_id  1      1
email           1      1

2 found in 1 of 1 file
`, ""},
		{"c.log", "", 0, "0 found in 0 of 1 file\n", ""},
		{"--format text b.jsonl", "", exitFound, "", ""},
		{"--json -", scanned["b.jsonl"], exitFound, `{"file":"-","line":1,"column":12,"type":"email","path":"/msg"}
{"summary":{"files":1,"files_failed":0,"files_with_findings":1,"findings":1,"types":{"email":1}}}
`, ""},
		{"c.log d.bin missing .", "", exitFailed, "0 found in 0 of 4 files\n", "d.bin: file is binary, expected text\nmissing: no such file or directory\n.: is a directory, expected files\n"},
		{"--config one e.txt --adapter caddyfile", "", exitFound, `e.txt:1:1: project
e.txt:1:17: ip_address
e.txt:1:28: email

TYPE        COUNT  FILES
email       1      1
ip_address  1      1
project     1      1

3 found in 1 of 1 file
`, ""},
		{"--config proven --adapter caddyfile --format text a.txt", "", exitFound, `a.txt:2:31: email

TYPE   COUNT  FILES
email  1      1

1 found in 1 of 1 file
`, ""},
		{"--config Caddyfile --plugin other e.txt", "", exitFound, `e.txt:1:51: payment_card

TYPE          COUNT  FILES
payment_card  1      1

1 found in 1 of 1 file
`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			f, args := flags(t, scanCommand(), tt.line)
			var out, problems bytes.Buffer
			code, err := scan(context.Background(), f, args, strings.NewReader(tt.in), &out, &problems)
			if code != tt.code || (err != nil) != (code == exitFailed) {
				t.Errorf("code %d, %v, want %d", code, err, tt.code)
			}
			got := tags.ReplaceAllString(out.String(), ">")
			if strings.Contains(got, "@") || strings.Contains(got, "1101051949") {
				t.Errorf("a value was printed:\n%s", got)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" && tt.want != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems.String()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScanRefuses(t *testing.T) {
	files(t, scanned)
	for line, want := range map[string]string{
		"--format xml a.txt":                          `unknown format "xml", expected one of auto, text, json, jsonl`,
		"--plugin pii a.txt":                          `plugin "pii" is known to a configuration only, expected --config`,
		"--config Caddyfile a.txt":                    "several plugins redact, expected --plugin with one of other, pii",
		"--config Caddyfile --plugin nix a.txt":       `unknown plugin "nix", expected one of answers, other, pii, redact`,
		"--config Caddyfile --plugin answers a.txt":   `plugin "answers" does not redact, expected one of other, pii`,
		"--config missing --adapter caddyfile a.txt":  "missing",
		"--config Caddyfile --adapter nix --json c.b": "nix",
	} {
		f, args := flags(t, scanCommand(), line)
		var out, problems bytes.Buffer
		code, err := scan(context.Background(), f, args, strings.NewReader(""), &out, &problems)
		if code != exitFailed || err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%s: code %d, %v, want %s", line, code, err, want)
		}
	}
}

const labelled = `{"text":"Hi a@b.example","lang":"en","spans":[{"start":3,"end":14,"type":"MAIL"}]}
{"text":"nothing","lang":"en","spans":[]}
{"text":"alarm x@y.example","lang":"de"}
{"text":"李 4111 1111 1111 1111 and bob","lang":"zh","spans":[{"start":4,"end":23,"type":"email"},{"start":28,"end":31,"type":"nickname"}]}
`

func TestEval(t *testing.T) {
	files(t, map[string]string{"data.jsonl": labelled})
	f, args := flags(t, evalCommand(), "--show --map MAIL=email data.jsonl")
	var out, problems bytes.Buffer
	if code, err := eval(context.Background(), f, args[0], nil, &out, &problems); code != 0 || err != nil {
		t.Fatal(code, err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	for _, want := range []string{
		"data.jsonl:3: wrong email at 6-17: alarm [x@y.example]",
		"data.jsonl:4: missed nickname at 28-31: 李 4111 1111 1111 1111 and [bob]",
		"TYPE LANG LABELLED RIGHT EXACT MISSED WRONG PRECISION RECALL F1",
		"email de 0 0 0 0 1 0.0000 - 0.0000", "email en 1 1 1 0 0 1.0000 1.0000 1.0000", "nickname zh 1 0 0 1 0 - 0.0000 0.0000",
		"email all 2 1 1 1 1 0.5000 0.5000 0.5000", "all zh 2 0 0 2 1 0.0000 0.0000 0.0000", "all all 3 1 1 2 2 0.3333 0.3333 0.3333",
		"4 texts, 2 clean", "false alarms 50.00 % of clean texts (1 of 2)", "left in text 9.09 % of labelled bytes (3 of 33)",
		"over-redaction 26.83 % of replaced bytes (11 of 41)", "email found as payment_card 1", "the plugin has no type nickname, which 1 label has",
	} {
		if !strings.Contains("\n"+strings.Join(lines, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}

	f, args = flags(t, evalCommand(), "--json -")
	out.Reset()
	if code, err := eval(context.Background(), f, args[0], strings.NewReader(labelled), &out, &problems); code != 0 || err != nil {
		t.Fatal(code, err)
	}
	var got struct {
		Classes []struct {
			Type, Lang       string
			Labelled, Missed int
			Precision        *float64
		}
		Texts   int
		Unknown map[string]int `json:"labels_of_unknown_types"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if last := got.Classes[len(got.Classes)-1]; got.Texts != 4 || got.Unknown["MAIL"] != 1 || last.Type != "all" || last.Labelled != 3 || *last.Precision != 0 {
		t.Errorf("got %s", out.String())
	}
}

func TestEvalRefuses(t *testing.T) {
	files(t, map[string]string{"bad.jsonl": "{\"text\":\"a\"}\n{\"txt\":\"a\"}\n", "empty.jsonl": "\n"})
	for line, want := range map[string]string{
		"bad.jsonl":         "reading bad.jsonl: line 2: there is no text, expected {",
		"empty.jsonl":       "reading empty.jsonl: there is no text in it",
		"--map x bad.jsonl": `map "x" is none, expected <label>=<type>`,
		"missing.jsonl":     "missing.jsonl",
	} {
		f, args := flags(t, evalCommand(), line)
		var out, problems bytes.Buffer
		if code, err := eval(context.Background(), f, args[0], nil, &out, &problems); code != exitFailed || err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%s: code %d, %v, want %s", line, code, err, want)
		}
	}
}

// What the configuration does with findings is put aside, what it looks for is not.
func TestRevealing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c.json")
	const config = `{"mode":"block","modes":{"email":"detect"},"irreversible":["secret"],"unscanned":"block","detect":["email"],"custom":{"x":{"words":"a","mode":"drop"}}}`
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	const want = `{"custom":{"x":{"words":"a"}},"detect":["email"],"mode":"placeholder","restore":false}`
	for _, p := range []*Plugin{{Config: json.RawMessage(config)}, {ConfigFile: path}} {
		got, err := revealing(p)
		if err != nil || string(got.Config) != want || got.ConfigFile != "" {
			t.Errorf("got %s, %v", got.Config, err)
		}
	}
	if got, err := revealing(new(Plugin)); err != nil || string(got.Config) != `{"mode":"placeholder","restore":false}` {
		t.Errorf("without a config: %s, %v", got.Config, err)
	}
}

// Scripts go by the exit code and by what is on which stream.
func TestRedactCommandLine(t *testing.T) {
	files(t, scanned)
	if err := os.WriteFile("chain.jsonl", []byte(chained(t, "", receipts[0])[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		line   string
		code   int
		out    string // its beginning, or part of it
		errors string
	}{
		{"scan c.log", 0, "0 found in 0 of 1 file", ""},
		{"scan a.txt", 1, "a.txt:2:6: cn_resident_id", ""},
		{"scan a.txt missing", 2, "a.txt:2:6: cn_resident_id", "missing: no such file or directory"},
		{"scan", 2, "", "no file is given, expected the names of files, or - for standard input"},
		{"scan --shout a.txt", 2, "", "unknown flag: --shout"},
		{"eval a.txt c.log", 2, "", "2 files given, expected one with labelled texts"},
		{"eval a.txt", 2, "", "reading a.txt: line 1: invalid character"},
		{"nix", 2, "", `unknown subcommand \"nix\", expected scan, eval or verify`},
		{"verify chain.jsonl", 0, "1 record, which fit together", ""},
		{"verify a.txt", 1, "a.txt:1: is no line of a chain", ""},
		{"verify missing", 2, "", "open missing: no such file or directory"},
		{"verify", 2, "", "no file is given, expected the files of a chain, or - for standard input"},
		{"verify --help", 0, "--key-file", ""},
		{"", 0, "Available Commands:", ""},
		{"scan --help", 0, "file:line:column: type", ""},
		{"eval --help", 0, `"spans": [{"start": 3, "end": 14, "type": "email"}]`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"llm-redact"}, strings.Fields(tt.line)...)...)
			cmd.Env = append(os.Environ(), asCaddy+"=1")
			var out, problems bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &problems
			if err := cmd.Run(); cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(out.String(), tt.out) || tt.out == "" && out.Len() > 0 {
				t.Errorf("output is %q, want %q", out.String(), tt.out)
			}
			if !strings.Contains(problems.String(), tt.errors) || tt.errors == "" && problems.Len() > 0 {
				t.Errorf("errors are %q, want %q", problems.String(), tt.errors)
			}
		})
	}
}
