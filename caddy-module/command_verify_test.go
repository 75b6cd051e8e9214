package caddyllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
)

// chained is a chain of receipts, a line each.
func chained(t *testing.T, key string, records ...string) []string {
	t.Helper()
	s, err := chain.NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var head chain.Head
	for _, r := range records {
		var line []byte
		line, head = s.Append(nil, head, []byte(r))
		lines = append(lines, string(line)+"\n")
	}
	return lines
}

var receipts = []string{
	`{"id":"a","time":"2025-06-15T15:06:40.000Z","policy":"p1","found":{"placeholder":{"email":2},"block":{"us_ssn":1}},"refused":"pii_blocked"}`,
	`{"id":"b","time":"2025-06-15T15:06:39.000Z","policy":"p1","found":{"placeholder":{"email":1,"phone":3}}}`,
	`{"id":"c","time":"2025-06-15T15:07:00.000Z","missing":"plugin pii failed in its end hook"}`,
	`{"id":"d","time":"\u001b[2J","found":{"x":{"\u001b[2J":1}},"policy":"\u001b[2J"}`,
	`"no receipt"`,
}

func TestVerify(t *testing.T) {
	keyed, open := chained(t, chainKey, receipts...), chained(t, "", receipts...)
	join := func(lines ...string) string { return strings.Join(lines, "") }
	files(t, map[string]string{
		"key": chainKey + "\n", "empty": "\n",
		"all": join(keyed...), "new": join(keyed[3:]...), "old": join(keyed[:3]...),
		"changed": strings.Replace(join(keyed...), `"phone":3`, `"phone":0`, 1), "cut": join(keyed[0], keyed[2]),
		"noted": join(keyed[:4]...), "noted.head": mark(t, keyed[3]), "short": join(keyed[:3]...), "short.head": mark(t, keyed[3]), "bad": keyed[0], "bad.head": "4",
		"open": join(open[:2]...), "plain": "{\"a\":1}\n", "nothing": "",
	})
	t.Setenv("LONGMEN_CHAIN", chainKey)
	last := strings.TrimSuffix(keyed[4][strings.Index(keyed[4], `"mac":"`)+7:], "\"}\n")
	const table = `TYPE    DONE         COUNT
_other  x            1
email   placeholder  3
phone   placeholder  3
us_ssn  block        1

policy    _other, 1 receipt
policy    p1, 2 receipts
refused   1 exchange
missing   1 record
`
	tests := []struct {
		line, in string
		code     int
		want     string
	}{
		{"--key-file key all", "", 0, table + "numbers   1 to 5 in 1 file\ntimes     2025-06-15T15:06:39.000Z to 2025-06-15T15:07:00.000Z\nlast line 5:" + last + "\n5 records, none missing or changed\n"},
		{"--key-env LONGMEN_CHAIN --expect 5:" + last + " new old", "", 0, table + "numbers   1 to 5 in 2 files\ntimes     2025-06-15T15:06:39.000Z to 2025-06-15T15:07:00.000Z\nlast line 5:" + last + "\n5 records, none missing or changed\n"},
		{"--key-file key -", keyed[0], 0, "TYPE    DONE         COUNT\nemail   placeholder  2\nus_ssn  block        1\n\npolicy    p1, 1 receipt\nrefused   1 exchange\nnumbers   1 to 1 in 1 file\n" +
			"times     2025-06-15T15:06:40.000Z to 2025-06-15T15:06:40.000Z\nlast line 1:" + sumOf(t, keyed[0]) + "\n1 record, none missing or changed\n"},
		{"--key-file key changed", "", exitFound, "changed:2: does not fit its sum: it was changed, or made with another key\n" + strings.NewReplacer("3\nphone   placeholder  3", "2", "p1, 2 receipts", "p1, 1 receipt").Replace(table) +
			"numbers   1 to 5 in 1 file\ntimes     2025-06-15T15:06:40.000Z to 2025-06-15T15:07:00.000Z\nlast line 5:" + last + "\nthe chain is broken at 1 place\n"},
		{"--key-file key cut", "", exitFound, "cut:2: has number 3, expected 2: 1 before it are missing\n"},
		{"--key-file key --expect 5:" + last + " old", "", exitFound, "line 5, which was noted, is in none of the files; the last one is 3\n"},
		{"--key-file key new", "", 0, "(new:1: begins with number 4, after a line with the sum " + sumOf(t, keyed[2]) + " that is in none of the files)\n"},
		{"--key-file key noted noted.head", "", 0, "4 records, none missing or changed\n"},
		{"--key-file key short", "", exitFound, "line 4, which was noted, is in none of the files; the last one is 3\n"},
		{"--key-file key bad", "", exitFound, "bad.head:1: is no note of a chain's end that was made with this key\n"},
		{"open", "", 0, "2 records, which fit together; made without a key, so whoever could write the files could have made them\n"},
		{"all", "", exitFound, "all:1: was made with a key, which is needed to check it\n"},
		{"--key-file key open", "", exitFound, "open:1: was made without the key\n"},
		{"plain", "", exitFound, `plain:1: is no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}` + "\n"},
		{"nothing", "", 0, "0 records, which fit together; made without a key, so whoever could write the files could have made them\n"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			f, names := flags(t, verifyCommand(), tt.line)
			var out bytes.Buffer
			code, err := verify(f, names, strings.NewReader(tt.in), &out)
			if err != nil || code != tt.code {
				t.Errorf("got exit code %d, %v; want %d", code, err, tt.code)
			}
			if strings.HasPrefix(tt.line, "--key-file key a") || strings.Contains(tt.line, "new old") || strings.Contains(tt.want, "\nlast line") {
				if diff := cmp.Diff(tt.want, out.String()); diff != "" {
					t.Errorf("output (-want +got):\n%s", diff)
				}
			} else if !strings.Contains("\n"+out.String(), "\n"+tt.want) {
				t.Errorf("got %s\nwant it to have the line %s", out.String(), tt.want)
			}
			if strings.ContainsRune(out.String(), 0x1b) {
				t.Errorf("an escape sequence of a file is printed: %q", out.String())
			}
		})
	}
}

func sumOf(t *testing.T, line string) string {
	t.Helper()
	l, err := chain.Parse([]byte(strings.TrimSpace(line)))
	if err != nil {
		t.Fatal(err)
	}
	return l.Sum.String()
}

// mark is the note of a chain that ends with a line.
func mark(t *testing.T, line string) string {
	t.Helper()
	s, err := chain.NewSeal(chainKey)
	if err != nil {
		t.Fatal(err)
	}
	l, err := chain.Parse([]byte(strings.TrimSpace(line)))
	if err != nil {
		t.Fatal(err)
	}
	return string(s.Mark(chain.Mark{Head: l.Head()}))
}

func TestVerifyJSON(t *testing.T) {
	keyed := chained(t, chainKey, receipts[:2]...)
	files(t, map[string]string{"key": chainKey, "all": keyed[0] + "x\n" + keyed[1]})
	f, names := flags(t, verifyCommand(), "--json --key-file key all")
	var out bytes.Buffer
	code, err := verify(f, names, nil, &out)
	if code != exitFound || err != nil {
		t.Errorf("got exit code %d, %v", code, err)
	}
	var got any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"whole": false, "broken": 1.0, "files": 1.0, "lines": 2.0, "first": 1.0, "last": 2.0, "sum": sumOf(t, keyed[1]), "keyed": true,
		"problems": []any{map[string]any{"file": "all", "line": 2.0, "problem": `is no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}`}},
		"records":  2.0, "missing": 0.0, "refused": 1.0, "from": "2025-06-15T15:06:39.000Z", "to": "2025-06-15T15:06:40.000Z",
		"types":    map[string]any{"email": map[string]any{"placeholder": 3.0}, "phone": map[string]any{"placeholder": 3.0}, "us_ssn": map[string]any{"block": 1.0}},
		"policies": map[string]any{"p1": 2.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVerifyRefuses(t *testing.T) {
	files(t, map[string]string{"key": chainKey, "empty": " \n", "short": "xyzzy", "a": ""})
	for line, want := range map[string]string{
		"--key-file none a":            "reading the key: open none: no such file or directory",
		"--key-file empty a":           "the key in empty is empty, expected at least 16 characters",
		"--key-file short a":           "key of the chain is too short, expected at least 16 characters",
		"--key-env LONGMEN_UNSET a":    "the key in LONGMEN_UNSET is empty, expected at least 16 characters",
		"--key-file key --key-env X a": "key-file and key-env exclude each other, expected one of them",
		"--expect 5 a":                 `expect "5": it is no line of a chain, expected its number, a colon and its sum of 64 hexadecimal digits`,
		"a b":                          "open b: no such file or directory",
		"a -":                          "- is given with files, expected it alone",
		".":                            "reading .: read .: is a directory",
	} {
		f, names := flags(t, verifyCommand(), line)
		var out bytes.Buffer
		if code, err := verify(f, names, nil, &out); code != exitFailed || err == nil || strings.SplitN(err.Error(), "\n", 2)[0] != want {
			t.Errorf("%s: got exit code %d, %v\nwant %s", line, code, err, want)
		}
	}
}

// A file with more broken places than anybody reads is counted to its end.
func TestVerifyBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString(chained(t, "", receipts[0])[0])
	b.WriteString(strings.Repeat("x\n", maxProblems+500))
	files(t, map[string]string{"a": b.String()})
	f, args := flags(t, verifyCommand(), "a")
	var out bytes.Buffer
	if code, err := verify(f, args, os.Stdin, &out); code != exitFound || err != nil {
		t.Errorf("got exit code %d, %v", code, err)
	}
	if n := strings.Count(out.String(), "is no line"); n != maxProblems || !strings.Contains(out.String(), "\n… and 500 more\n") {
		t.Errorf("%d places are printed, want %d and how many more", n, maxProblems)
	}
	found := make(map[string]map[string]int)
	for i := range maxNames + 50 {
		did := fmt.Sprint("did", i%50)
		if found[did] == nil {
			found[did] = make(map[string]int)
		}
		found[did][fmt.Sprint("type", i)], found[did]["email"] = 1, 1
	}
	text, err := json.Marshal(map[string]any{"found": found})
	if err != nil {
		t.Fatal(err)
	}
	s := newSums()
	if s.add(text); len(s.Found) > maxNames+1 || len(s.Found["email"]) > maxDone+1 {
		t.Errorf("%d types and %d ways are told apart, want %d and %d, and the rest", len(s.Found), len(s.Found["email"]), maxNames, maxDone)
	}
}
