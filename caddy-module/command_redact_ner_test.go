package caddyllm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScanNames: the commands ask the recogniser that the configuration grants, and find nothing to be clean that it did not
// look at.
func TestScanNames(t *testing.T) {
	down := false
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Texts []string }
		if err := json.NewDecoder(r.Body).Decode(&in); down || err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		spans := make([][]map[string]any, len(in.Texts))
		for i, text := range in.Texts {
			spans[i] = []map[string]any{}
			for _, name := range []string{"Ann Lee", "李雷"} {
				if at := strings.Index(text, name); at >= 0 {
					spans[i] = append(spans[i], map[string]any{"start": at, "end": at + len(name), "type": "PER"})
				}
			}
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"spans": spans}); err != nil {
			panic(err)
		}
	}))
	defer service.Close()
	files(t, map[string]string{
		"Caddyfile": fmt.Sprintf("{\n\tllm_gateway {\n\t\tplugin pii redact {\n\t\t\tgrant ner %s {\n\t\t\t\tapi spans\n\t\t\t\tentities all\n\t\t\t}\n\t\t\tconfig {\n\t\t\t\tmode block\n\t\t\t}\n\t\t}\n\t}\n}\n", service.URL),
		"a.txt":     "Dear Ann Lee,\n联系人：李雷\n",
		"b.json":    `{"to":"Ann Lee"}`,
		"c.txt":     "Another text\n",
	})
	look := func(line string) (code int, out, problems string, err error) {
		f, args := flags(t, scanCommand(), "--config Caddyfile "+line)
		var printed, told bytes.Buffer
		code, err = scan(context.Background(), f, args, strings.NewReader(""), &printed, &told)
		return code, printed.String(), told.String(), err
	}
	const want = "a.txt:1:6: person\na.txt:2:5: person\nb.json:1:8: person\n\nTYPE    COUNT  FILES\nperson  3      2\n\n3 found in 2 of 2 files\n"
	code, out, problems, err := look("a.txt b.json")
	if diff := cmp.Diff(want, out); diff != "" || code != exitFound || err != nil || problems != "" {
		t.Errorf("code %d, %v, problems %s (-want +got):\n%s", code, err, problems, diff)
	}
	down = true
	code, out, problems, err = look("c.txt")
	if code != exitFailed || err == nil || !strings.Contains(problems, "the service that finds them did not answer") {
		t.Errorf("down: code %d, %v, output %s, problems %s", code, err, out, problems)
	}
}
