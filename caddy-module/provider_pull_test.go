package caddyllm

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
)

// TestPull: when the gateway starts, each endpoint of an Ollama is told to download what it lacks, below its base URL and with its
// key; nothing waits for that, and stopping breaks it off.
func TestPull(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	got := func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := slices.Clone(asked)
		slices.Sort(out)
		return out
	}
	ollama := func(name string, has string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method == http.MethodGet {
				fmt.Fprintf(w, `{"models":[{"name":%q}]}`, has)
				return
			}
			mu.Lock()
			asked = append(asked, name+" "+r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body))
			mu.Unlock()
			if strings.Contains(string(body), "endless") {
				_, _ = io.WriteString(w, `{"status":"pulling manifest"}`+"\n")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				return
			}
			_, _ = io.WriteString(w, `{"status":"pulling manifest"}`+"\n"+`{"status":"success"}`+"\n")
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	a, _ := configure(t, `{"providers":{"local":{"preset":"ollama","api_keys":["a-key"],"pull":["llama3:8b","endless"],"endpoints":[
		{"name":"one","base_url":"`+ollama("one", "llama3:8b")+`/behind"},{"name":"two","base_url":"`+ollama("two", "other:latest")+`"}]}}}`, "")
	serve(t, a)
	comes(t, "downloads", func() bool { return len(got()) == 3 })
	want := []string{
		`one POST /behind/api/pull Bearer a-key {"model":"endless","stream":true}`,
		`two POST /api/pull Bearer a-key {"model":"endless","stream":true}`,
		`two POST /api/pull Bearer a-key {"model":"llama3:8b","stream":true}`,
	}
	if !slices.Equal(got(), want) {
		t.Errorf("asked %q", got())
	}
	if status := a.providers["local"].Status(); status[0].InFlight != 0 || status[1].InFlight != 0 {
		t.Errorf("downloads count as requests: %+v", status)
	}
	if err := a.Stop(); err != nil {
		t.Error(err)
	}
}

// TestPullRefused: only Ollama's servers can be told to download, each model once.
func TestPullRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"preset":"vllm","pull":["m"]}`:       "this provider speaks openai.chat, expected ollama.chat",
		`{"preset":"ollama","pull":["m","m"]}`: `model "m" is given twice`,
		`{"preset":"ollama","pull":[""]}`:      "a model has no name",
	} {
		err := caddy.Validate(&caddy.Config{AppsRaw: caddy.ModuleMap{appName: []byte(`{"providers":{"p":` + config + `}}`)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", config, err, want)
		}
	}
}
