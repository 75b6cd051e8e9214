package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// shop is a server that has models, and more after downloads. Each download answers by the next of its steps.
type shop struct {
	has   []string
	steps []func(ctx context.Context) (*http.Response, error)
	asked []string
}

func (s *shop) call(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	s.asked = append(s.asked, strings.TrimSpace(method+" "+path+" "+string(body)))
	if path == "/api/tags" {
		list := ""
		for i, name := range s.has {
			list += fmt.Sprintf("%.*s{\"name\":%q}", min(i, 1), ",", name)
		}
		return said(200, `{"models":[`+list+`]}`)(ctx)
	}
	step := s.steps[0]
	s.steps = s.steps[1:]
	return step(ctx)
}

func said(status int, body string) func(context.Context) (*http.Response, error) {
	return func(context.Context) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// reading is an answer of lines with pauses between them.
func reading(pause time.Duration, lines ...string) func(context.Context) (*http.Response, error) {
	return func(ctx context.Context) (*http.Response, error) {
		r, w := io.Pipe()
		go func() {
			for _, line := range lines {
				_, _ = io.WriteString(w, line+"\n")
				select {
				case <-time.After(pause):
				case <-ctx.Done():
					w.CloseWithError(ctx.Err())
					return
				}
			}
			w.Close()
		}()
		return &http.Response{StatusCode: 200, Body: r}, nil
	}
}

func refuses(context.Context) (*http.Response, error) { return nil, errors.New("connection refused") }

const (
	tags    = "GET /api/tags"
	post    = `POST /api/pull {"model":"llama3:8b","stream":true}`
	success = `{"status":"success"}`
)

// TestStart: a model that a server lacks is downloaded, what fails is tried again, and the log tells.
func TestStart(t *testing.T) {
	lasting := make([]func(context.Context) (*http.Response, error), 100)
	for i := range lasting {
		lasting[i] = refuses
	}
	for _, tt := range []struct {
		name  string
		shop  shop
		asked []string // at least: a prefix
		logs  []string // the last of them where there are many
		took  time.Duration
	}{
		{"has it", shop{has: []string{"tiny:latest", "llama3:8b"}}, []string{tags}, []string{"server has the model"}, 0},
		{"has another tag", shop{has: []string{"llama3:latest", "org/llama3:8b"}, steps: []func(context.Context) (*http.Response, error){said(200, success)}},
			[]string{tags, post}, []string{"model is pulled", "model was pulled"}, 0},
		{"downloads", shop{steps: []func(context.Context) (*http.Response, error){reading(20*time.Second, `{"status":"pulling manifest"}`,
			`{"status":"pulling a","digest":"a","total":100,"completed":10}`, `{"status":"pulling b","digest":"b","total":50}`, "", `{"status":"pulling a","digest":"a","total":100,"completed":100}`, success)}},
			[]string{tags, post}, []string{"model is pulled", "model is being pulled 10/150", "model is being pulled 100/150", "model was pulled"}, 100 * time.Second},
		{"server starts later", shop{steps: []func(context.Context) (*http.Response, error){refuses, said(500, `{"error":"no space"}`), reading(0, `{"error":"manifest unknown"}`), reading(0, `{"status":"pulling manifest"}`), said(200, success)}},
			[]string{tags, post, tags, post, tags, post, tags, post, tags, post},
			[]string{
				"model is pulled", "model cannot be pulled at present: connection refused", "model is pulled", "model cannot be pulled at present: status 500: no space",
				"model is pulled", "model cannot be pulled at present: manifest unknown", "model is pulled", "model cannot be pulled at present: the server ended the download without success",
				"model is pulled", "model was pulled",
			}, 75 * time.Second},
		{"never", shop{steps: lasting}, []string{tags, post}, []string{"model was not pulled in time: connection refused"}, Limit},
		{"too slow", shop{steps: []func(context.Context) (*http.Response, error){reading(2*time.Hour, `{"status":"pulling manifest"}`)}},
			[]string{tags, post}, []string{"model is pulled", "model was not pulled in time: context deadline exceeded"}, Limit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				core, logs := observer.New(zap.DebugLevel)
				began := time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				j := Job{Call: tt.shop.call, Log: zap.New(core)}
				j.ensure(ctx, "llama3:8b")
				if took := time.Since(began); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if diff := cmp.Diff(tt.asked, tt.shop.asked[:min(len(tt.asked), len(tt.shop.asked))]); diff != "" {
					t.Error(diff)
				}
				var got []string
				for _, e := range logs.All() {
					line, fields := e.Message, e.ContextMap()
					if fields["model"] != "llama3:8b" {
						t.Errorf("a line does not name the model: %v", fields)
					}
					if v, ok := fields["error"]; ok {
						line += ": " + fmt.Sprint(v)
					}
					if v, ok := fields["completed_bytes"]; ok {
						line += fmt.Sprintf(" %v/%v", v, fields["total_bytes"])
					}
					got = append(got, line)
				}
				if diff := cmp.Diff(tt.logs, got[max(0, len(got)-len(tt.logs)):]); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestStop: what is not done when the gateway stops is broken off, and waited for.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		downloading := &shop{steps: []func(context.Context) (*http.Response, error){reading(time.Hour, `{"status":"pulling manifest"}`)}}
		waiting := &shop{steps: []func(context.Context) (*http.Response, error){refuses}}
		core, logs := observer.New(zap.WarnLevel)
		began := time.Now()
		stop := Start(Job{Call: downloading.call, Models: []string{"a", "b"}, Log: zap.New(core)}, Job{Call: waiting.call, Models: []string{"a"}, Log: zap.New(core)})
		time.Sleep(time.Second)
		stop()
		if took := time.Since(began); took != time.Second {
			t.Errorf("stopped after %v", took)
		}
		if len(downloading.asked) != 2 || len(waiting.asked) != 2 || logs.Len() != 1 {
			t.Errorf("asked %v and %v, logged %v", downloading.asked, waiting.asked, logs.All())
		}
	})
}

func TestTagged(t *testing.T) {
	for name, want := range map[string]string{"llama3": "llama3:latest", "llama3:8b": "llama3:8b", "host:5000/org/m": "host:5000/org/m:latest", "": ":latest"} {
		if got := tagged(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
