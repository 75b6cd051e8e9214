package clients

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/ollama/ollama/api"
)

// ollamaClient is Ollama's own client.
var ollamaClient = client{
	name: "ollama api", dialect: "ollama.chat",
	dial: func(base string, transport http.RoundTripper) func(question) conversation {
		c := newOllama(base, transport)
		return func(q question) conversation { return newOllamaChat(c, q) }
	},
	fault: func(err error) *fault {
		var a api.AuthorizationError
		if errors.As(err, &a) {
			return &fault{status: a.StatusCode}
		}
		var e api.StatusError
		if !errors.As(err, &e) {
			return nil
		}
		return &fault{status: e.StatusCode, message: e.ErrorMessage}
	},
}

func newOllama(base string, transport http.RoundTripper) *api.Client {
	u, err := url.Parse(base)
	if err != nil {
		panic(err) // only of a wrong test
	}
	return api.NewClient(u, &http.Client{Transport: bearer{transport}})
}

// bearer adds the key that Ollama's client only sends to ollama.com.
type bearer struct{ http.RoundTripper }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer client-key")
	return b.RoundTripper.RoundTrip(r)
}

type ollamaChat struct {
	client  *api.Client
	request api.ChatRequest
}

func newOllamaChat(c *api.Client, q question) *ollamaChat {
	r := api.ChatRequest{Model: q.model, Stream: &q.streamed, Options: map[string]any{}}
	if q.system != "" {
		r.Messages = append(r.Messages, api.Message{Role: "system", Content: q.system})
	}
	message := api.Message{Role: "user", Content: q.text}
	if q.image != nil {
		message.Images = []api.ImageData{q.image}
	}
	r.Messages = append(r.Messages, message)
	for _, t := range q.tools {
		f := api.Tool{Type: "function", Function: api.ToolFunction{Name: t.name}}
		into(&f.Function.Parameters, t.schema())
		r.Tools = append(r.Tools, f)
	}
	if q.schema != nil {
		into(&r.Format, q.schema)
	}
	if q.limit > 0 {
		r.Options["num_predict"] = q.limit
	}
	if q.stop != "" {
		r.Options["stop"] = []string{q.stop}
	}
	if q.think {
		r.Think = &api.ThinkValue{Value: "low"}
	}
	return &ollamaChat{c, r}
}

// into fits a value into another type of the same JSON.
func into(to, from any) {
	b, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		panic(err) // only of a wrong test
	}
}

func (o *ollamaChat) result(c call, out output) {
	m := api.Message{Role: "tool", Content: out.text, ToolName: c.name, ToolCallID: c.id}
	if out.image != nil {
		m.Images = []api.ImageData{out.image}
	}
	o.request.Messages = append(o.request.Messages, m)
}

func (o *ollamaChat) say(text string) {
	o.request.Messages = append(o.request.Messages, api.Message{Role: "user", Content: text})
}

func (o *ollamaChat) next(ctx context.Context) (answer, error) {
	var a answer
	said := api.Message{Role: "assistant"}
	ends := 0
	err := o.client.Chat(ctx, &o.request, func(r api.ChatResponse) error {
		if r.CreatedAt.IsZero() || r.Message.Role != "assistant" {
			return errors.New("an answer has no time, or is not the assistant's")
		}
		said.Content += r.Message.Content
		said.Thinking += r.Message.Thinking
		said.ToolCalls = append(said.ToolCalls, r.Message.ToolCalls...)
		if r.Done {
			ends++
			a.finish = map[string]finish{"stop": finished, "length": limited}[r.DoneReason]
			a.prompt, a.output = int64(r.PromptEvalCount), int64(r.EvalCount)
		}
		return nil
	})
	if err != nil {
		return a, err
	}
	if ends != 1 {
		return a, errUnfinished
	}
	a.text, a.thoughts = said.Content, said.Thinking
	for _, c := range said.ToolCalls {
		arguments, err := c.Function.Arguments.MarshalJSON()
		if err != nil {
			return a, err
		}
		a.calls = append(a.calls, call{c.ID, c.Function.Name, string(arguments)})
	}
	if a.finish == finished && len(a.calls) > 0 {
		a.finish = calling
	}
	o.request.Messages = append(o.request.Messages, said)
	return a, nil
}
