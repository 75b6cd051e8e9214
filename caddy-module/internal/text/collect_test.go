package text

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

var update = flag.Bool("update", false, "rewrite the segments in testdata/collect")

// TestCollectWire collects the text of whole documents as clients and providers write them. The text of a
// document that people wrote, or a model, has a § in it: none may be missed.
func TestCollectWire(t *testing.T) {
	files, err := filepath.Glob("testdata/collect/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Fields(string(archive.Comment))
			if len(archive.Files) != 2 || len(words) != 2 {
				t.Fatalf("expected a dialect, request or answer, a document and its segments")
			}
			phase := abi.PhaseRequest
			if words[1] == "answer" {
				phase = abi.PhaseAnswer
			}
			data := bytes.TrimSpace(archive.Files[0].Data)
			var a document.Arena
			root, err := a.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			var doc Document
			segs := doc.Collect(must(t, words[0]), phase, &a, root)
			got := show(segs)
			if due, found := bytes.Count(data, []byte("§")), strings.Count(got, "§"); due != found {
				t.Errorf("%d of %d texts found", found, due)
			}
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("segments differ (-want +got):\n%s", diff)
			}
			if out := a.AppendJSON(nil, root); !bytes.Equal(out, data) {
				t.Errorf("collecting changed the document:\n%s", out)
			}
		})
	}
}
