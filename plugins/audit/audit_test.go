package audit

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const record = `{"id":"x1","time":"2025-06-15T15:06:40.000Z","route":"default","provider":"gemini","model":"gpt-5","upstream_model":"gemini-3-pro",` +
	`"dialect":"openai.chat","upstream_dialect":"gemini.generate","stream":true,"status":200,"outcome":"ok","usage":{"prompt":5,"completion":7,"total":12,"cached":0,"reasoning":0},` +
	`"timing":{"first_event_ms":1.5,"total_ms":9,"upstream_ms":8},"attempts":[{"provider":"gemini","model":"gemini-3-pro","status":200}],"key":{"id":"k1","name":"ci"},` +
	`"attributes":{"pii.email":2},"tags":{"pii":{"mode":"placeholder"}},"warnings":["logit_bias: not supported by gemini"]}`

func TestRecord(t *testing.T) {
	tests := []struct {
		name, config, sink, want string
	}{
		{"everything by default", `{}`, "log", record},
		{"another sink", `{"sink":"file"}`, "file", record},
		{"selected fields in order", `{"fields":["outcome","key","user","attributes","usage"]}`, "log",
			`{"outcome":"ok","key":{"id":"k1","name":"ci"},"attributes":{"pii.email":2},"usage":{"prompt":5,"completion":7,"total":12,"cached":0,"reasoning":0}}`},
		{"bodies of an exchange that never got here", `{"bodies":true}`, "log", record},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := longmentest.New(t, tt.config)
			if r := p.End(record); r.Err != nil {
				t.Fatal(r.Err)
			}
			got := p.Records(tt.sink)
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	const (
		ask    = `{"messages":[{"role":"user","content":"mail <EMAIL_1>"}]}`
		answer = `{"choices":[{"message":{"content":"sent to <EMAIL_1>"}}]}`
	)
	tests := []struct {
		name, config string
		run          func(p *longmentest.Plugin)
		want         string // of "bodies"
	}{
		{"off", `{"fields":["id"]}`, func(p *longmentest.Plugin) {
			p.Request(ask)
			p.Response(answer)
		}, `{"id":"x1"}`},
		{"whole answer", `{"fields":["id"],"bodies":true}`, func(p *longmentest.Plugin) {
			p.Request(ask)
			p.Response(answer)
		}, `{"id":"x1","bodies":{"request":` + ask + `,"answer":` + answer + `}}`},
		{"stream", `{"fields":["id"],"bodies":true}`, func(p *longmentest.Plugin) {
			p.Request(ask)
			p.Event(`{"a":1}`, `{"a": 2}`)
			p.EndOfStream()
		}, `{"id":"x1","bodies":{"request":` + ask + `,"events":[{"a":1},{"a": 2}]}}`},
		{"aborted stream", `{"fields":["id"],"bodies":true}`, func(p *longmentest.Plugin) {
			p.Request(ask)
			p.Event(`{"a":1}`)
		}, `{"id":"x1","bodies":{"request":` + ask + `,"events":[{"a":1}]}}`},
		{"too long", `{"fields":["id"],"bodies":true,"max_body":20}`, func(p *longmentest.Plugin) {
			p.Request(ask)
			p.Event(`{"a":"0123456"}`, `{"a":"0123456"}`, `{}`)
		}, `{"id":"x1","bodies":{"events":[{"a":"0123456"}],"truncated":["request","events"]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := longmentest.New(t, tt.config)
			tt.run(p)
			if r := p.End(record); r.Err != nil {
				t.Fatal(r.Err)
			}
			got := strings.Join(p.Records("log"), "\n")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Nothing of an exchange leaks into the next one of the same instance.
func TestExchangesApart(t *testing.T) {
	p := longmentest.New(t, `{"fields":["id"],"bodies":true}`)
	p.Request(`{"secret":1}`)
	p.NewExchange().End(record)
	if got := p.Records("log"); len(got) != 1 || strings.Contains(got[0], "secret") {
		t.Errorf("got %s", got)
	}
}

// Without bodies a record costs one host call.
func TestHostCalls(t *testing.T) {
	p := longmentest.New(t, `{}`)
	if n := p.HostCalls(func() { p.End(record) }); n > 1 {
		t.Errorf("end made %d host calls, want at most 1", n)
	}
	if got := len(p.Records("log")); got != 1 {
		t.Errorf("%d records, want 1", got)
	}
}
