package clients

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genai"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// native is a Gemini client in front of a Gemini upstream with redact between them.
func native(t *testing.T, u *upstream) *genai.Client {
	t.Helper()
	base := gateway.Start(t, "\t\tprovider gemini {\n\t\t\tbase_url "+u.url+"/v1beta\n\t\t\tapi_key upstream-key\n\t\t}\n\t\tplugin pii redact", site(`
		route {
			use pii audit
			to gemini
		}`)).URL
	client, err := genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey: "client-key", Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: base},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestGenAI(t *testing.T) {
	u := newUpstream(t, nil)
	u.answer = func(w http.ResponseWriter, r *http.Request, n int) {
		at := strings.Index(u.asked[n], "<EMAIL_")
		token := u.asked[n][at : at+strings.Index(u.asked[n][at:], ">")+1]
		first := `{"candidates":[{"content":{"role":"model","parts":[{"text":"To ` + token[:5] + `"}]},"index":0}],"responseId":"g","modelVersion":"gemini-2.5-flash"}`
		second := `{"candidates":[{"content":{"role":"model","parts":[{"text":"` + token[5:] + `."}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},"responseId":"g","modelVersion":"gemini-2.5-flash"}`
		if strings.Contains(r.RequestURI, "stream") {
			events(w, first, second)
			return
		}
		reply(w, 200, `{"candidates":[{"content":{"role":"model","parts":[{"text":"To `+token+`."}]},"finishReason":"STOP","index":0}],"responseId":"g","modelVersion":"gemini-2.5-flash"}`)
	}
	client := native(t, u)
	prompt := genai.Text("Write to " + secretMail)
	want := "To " + secretMail + "."
	answer, err := client.Models.GenerateContent(context.Background(), "gemini-2.5-flash", prompt, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Text(); got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	var streamed string
	var usage int32
	for chunk, err := range client.Models.GenerateContentStream(context.Background(), "gemini-2.5-flash", prompt, nil) {
		if err != nil {
			t.Fatal(err)
		}
		streamed += chunk.Text()
		if chunk.UsageMetadata != nil {
			usage = chunk.UsageMetadata.TotalTokenCount
		}
	}
	if streamed != want || usage != 7 {
		t.Errorf("streamed = %q with %d tokens, want %q with 7", streamed, usage, want)
	}
	for _, asked := range u.asked {
		if strings.Contains(asked, "jane") {
			t.Errorf("the upstream saw %s", asked)
		}
	}
	if u.keys[0] != "upstream-key" {
		t.Errorf("upstream credential = %q", u.keys[0])
	}
}

func TestGenAIErrors(t *testing.T) {
	for status, name := range map[int]string{400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, n int) {
				reply(w, status, `{"error":{"code":1,"message":"no","status":"`+name+`"}}`)
			})
			_, err := native(t, u).Models.GenerateContent(context.Background(), "gemini-2.5-flash", genai.Text("hello"), nil)
			var e genai.APIError
			if !errors.As(err, &e) {
				t.Fatalf("error = %v, want one the SDK knows", err)
			}
			if e.Code != status || e.Status != name {
				t.Errorf("error = %d %s, want %d %s", e.Code, e.Status, status, name)
			}
		})
	}
}
