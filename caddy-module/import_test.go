package caddyllm

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/longmen-gateway/longmen/caddy-module/internal/migration"
)

// imports are the goldens: an archive has a file named by its format, such as litellm.yaml, and what comes of it: the Caddyfile and the
// report, or the error. Each Caddyfile is validated.
func imports(t testing.TB) map[string]*txtar.Archive {
	paths, err := filepath.Glob("testdata/import/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no goldens: %v", err)
	}
	out := make(map[string]*txtar.Archive)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = archive
	}
	return out
}

func TestImport(t *testing.T) {
	for path, archive := range imports(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			in := archive.Files[0]
			format := strings.TrimSuffix(in.Name, ".yaml")
			got := []txtar.File{in}
			made, err := migration.Convert(format, in.Data)
			if err != nil {
				got = append(got, txtar.File{Name: "error", Data: []byte(err.Error() + "\n")})
			} else {
				got = append(got, txtar.File{Name: "Caddyfile", Data: made.Caddyfile}, txtar.File{Name: "report", Data: []byte(made.Report(in.Name))})
				loads(t, format, in.Data)
				if formatted := caddyfile.Format(made.Caddyfile); !bytes.Equal(formatted, made.Caddyfile) {
					t.Errorf("caddy fmt has another form:\n%s", cmp.Diff(string(formatted), string(made.Caddyfile)))
				}
			}
			if *update {
				archive.Files = got
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: got}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{(?:env\.|\$)([A-Za-z0-9_]+)\}`)

// loads adapts a file by the adapter of its format, and validates what comes of it, with all variables set.
func loads(t *testing.T, format string, file []byte) {
	t.Helper()
	made, err := migration.Convert(format, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range placeholder.FindAllStringSubmatch(string(made.Caddyfile), -1) {
		value := "value-of-" + m[1]
		switch {
		case strings.HasSuffix(m[1], "_PORT") || m[1] == "PORT":
			value = "6379"
		case strings.HasSuffix(m[1], "_BASE") || strings.HasSuffix(m[1], "_URL"):
			value = "https://models.example"
		}
		t.Setenv(m[1], value)
	}
	adapted, warnings, err := caddyconfig.GetAdapter(format).Adapt(file, map[string]any{"filename": "config.yaml"})
	if err != nil {
		t.Fatalf("adapting: %v\n%s", err, made.Caddyfile)
	}
	if len(warnings) != len(made.Notes) {
		t.Fatalf("the adapter has %d warnings, and the report %d notes: %v", len(warnings), len(made.Notes), warnings)
	}
	for i, w := range warnings {
		if n := made.Notes[i]; w.File != "config.yaml" || w.Line != n.Line || w.Message != n.String() {
			t.Errorf("warning %v, want %v", w, n)
		}
	}
	if problem, _ := validate(t, adapted); problem != "" {
		t.Errorf("validating: %s\n%s", problem, made.Caddyfile)
	}
}

// TestImportFile: the command prints the Caddyfile and the report apart, also of its standard input, and says which file it cannot read.
func TestImportFile(t *testing.T) {
	file := "model_list:\n- model_name: m\n  litellm_params: {model: openai/gpt-5, seed: 3}\n"
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, "-"} {
		var out, told bytes.Buffer
		if err := importFile(&out, &told, strings.NewReader(file), "litellm", name); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "provider m openai {") || !strings.Contains(told.String(), filepath.Base(name)+":3: model_list[0].litellm_params.seed: not carried: ") {
			t.Errorf("%s: printed\n%s\nand\n%s", name, out.String(), told.String())
		}
	}
	for name, test := range map[string]struct{ format, path, want string }{
		"format": {"portkey", path, `unknown format "portkey", expected one of cliproxyapi, litellm`},
		"file":   {"litellm", path + "x", "no such file"},
		"empty":  {"cliproxyapi", path, "the file leads to no model that Longmen can reach"},
	} {
		var out bytes.Buffer
		if err := importFile(&out, &out, nil, test.format, test.path); err == nil || !strings.Contains(err.Error(), test.want) || out.Len() > 0 {
			t.Errorf("%s: got %v and %q, want %s", name, err, out.String(), test.want)
		}
	}
}

// FuzzImport: whatever comes of a file is a Caddyfile that Caddy reads.
func FuzzImport(f *testing.F) {
	for _, archive := range imports(f) {
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, format := range migration.Formats() {
			made, err := migration.Convert(format, file)
			if err != nil {
				continue
			}
			if _, _, err := caddyconfig.GetAdapter("caddyfile").Adapt(made.Caddyfile, map[string]any{"filename": "Caddyfile"}); err != nil {
				t.Errorf("%s: %v\n%s", format, err, made.Caddyfile)
			}
		}
	})
}
