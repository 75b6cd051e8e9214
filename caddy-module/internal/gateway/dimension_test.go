package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

func dimensionsOf(t *testing.T, sources ...string) []Dimension {
	t.Helper()
	var all []Dimension
	for _, source := range sources {
		value, err := route.CompileText(source, route.Schema{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Dimension{Name: "d", Value: value})
	}
	return all
}

// TestDimensions: what tells exchanges apart is read of the request before plugins change it, from the body only where one asks for it, and no
// request is refused for it that was not read already.
func TestDimensions(t *testing.T) {
	const upload = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhi\r\n--x--\r\n"
	for _, tt := range []struct {
		name, path, contentType, body string
		dimensions, plugins           []string
		want                          []string
		status                        int
	}{
		{"of headers", chatPath, "application/json", ask, []string{`header("x-app")`, `dialect`}, nil, []string{"shop", "openai.chat"}, 200},
		{"of headers, unread", chatPath, "application/json", `no JSON`, []string{`header("x-app")`}, nil, []string{"shop"}, 200},
		{"of the body", chatPath, "application/json", `{"model":"m","user":"ann","messages":[]}`, []string{`user`, `model`}, nil, []string{"ann", "m"}, 200},
		{"of the body as the client sent it", chatPath, "application/json", `{"model":"m","user":"jane@example.com","messages":[]}`, []string{`user`}, []string{"redact"}, []string{"jane@example.com"}, 200},
		{"an error is no value", chatPath, "application/json", ask, []string{`int(header("x-app")) > 0 ? "a" : "b"`, `header("x-app")`}, nil, []string{"", "shop"}, 200},
		{"none", chatPath, "application/json", ask, nil, nil, nil, 200},
		{"of an upload's body", "/v1/files", "multipart/form-data; boundary=x", upload, []string{`user`, `header("x-app")`}, nil, []string{"", "shop"}, 200},
		{"no route", "/v1/nothing", "application/json", ask, []string{`dialect`}, nil, nil, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var sent string
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", roundTrip(func(r *http.Request) (*http.Response, error) {
				b, err := io.ReadAll(r.Body)
				sent = string(b)
				return whole(said), err
			})))
			g.Dimensions = dimensionsOf(t, tt.dimensions...)
			for _, name := range tt.plugins {
				g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, name, ""))
			}
			r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.contentType)
			r.Header.Set("X-App", "shop")
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(tt.want, (*accounts)[0].Dimensions); diff != "" {
				t.Error(diff)
			}
			if tt.status == 200 && tt.plugins == nil && sent != tt.body {
				t.Errorf("the upstream got %s", sent)
			}
		})
	}
}
