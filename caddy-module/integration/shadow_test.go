package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// shadowing is a Caddyfile whose route has a shadow.
func shadowing(url, comment string) string {
	return fmt.Sprintf(`{
	%s
	llm_gateway {
		provider demo
		provider far openai {
			base_url %s/v1
			api_key k
		}
	}
}

:8080 {
	log
	llm_gateway {
		route chat {
			use redact
			to demo
			shadow far/large
		}
	}
}
`, comment, url)
}

// TestShadow: a shadow's answer is a line in the log and a number, and one that hangs ends with its configuration.
func TestShadow(t *testing.T) {
	asked, left := make(chan string, 10), make(chan bool, 10)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Model    string
			Messages []struct{ Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Messages) != 1 {
			t.Errorf("the shadow was asked %+v, %v", body, err)
			return
		}
		asked <- body.Model + ": " + body.Messages[0].Content
		if strings.Contains(body.Messages[0].Content, "hang") {
			<-r.Context().Done()
			left <- true
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id":"1","object":"chat.completion","created":1,"model":"large","choices":[{"index":0,"message":{"role":"assistant","content":"a canary"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`)
	}))
	t.Cleanup(far.Close)
	c := start(t, shadowing(far.URL, ""))
	const total = `caddy_llm_gateway_shadow_total{result="different",route="chat"}`
	before := c.metrics()[total]
	expect(t, c.ask(chat("m", "a canary of jane@example.com", true)), quote("a canary of jane@example.com"), true)
	if got := <-asked; !strings.HasPrefix(got, "large: a canary of ") || strings.Contains(got, "jane") {
		t.Errorf("the shadow was asked %q", got)
	}
	eventually(t, "the shadow's number", func() bool { return c.metrics()[total] == before+1 })
	var line struct {
		Differs          []string
		Exchange, Shadow map[string]any
	}
	eventually(t, "the shadow's line", func() bool {
		for l := range strings.Lines(c.logged()) {
			if strings.Contains(l, `llm_gateway.shadow"`) {
				return json.Unmarshal([]byte(l), &line) == nil
			}
		}
		return false
	})
	if len(line.Differs) != 1 || line.Differs[0] != "finish" || line.Exchange["finish"] != "stop" || line.Shadow["finish"] != "length" || line.Shadow["provider"] != "far" {
		t.Errorf("the line is %+v", line)
	}
	if log := c.logged(); strings.Contains(log, "canary") || strings.Contains(log, "jane") {
		t.Errorf("the log has texts: %s", log)
	}

	expect(t, c.ask(chat("m", "hang", false)), quote("hang"), false)
	<-asked
	c.load(shadowing(far.URL, "log default {\n\t\tlevel WARN\n\t}"))
	eventually(t, "the shadow to end", func() bool { return len(left) == 1 })
	expect(t, c.ask(chat("m", "on it goes", false)), quote("on it goes"), false)
	<-asked
}
