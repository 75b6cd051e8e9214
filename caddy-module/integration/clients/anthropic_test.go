package clients

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

// anthropicClient is anthropic-sdk-go with Messages.
var anthropicClient = client{
	name: "anthropic-sdk-go", dialect: "anthropic.messages",
	dial: func(base string, transport http.RoundTripper) func(question) conversation {
		c := newAnthropic(base, transport)
		return func(q question) conversation { return newMessages(c, q) }
	},
	fault: func(err error) *fault {
		var e *anthropic.Error
		if !errors.As(err, &e) {
			return nil
		}
		return &fault{status: e.StatusCode, kind: string(e.Type()), message: e.RawJSON()}
	},
	kinds: map[int]fault{
		400: {kind: "invalid_request_error"},
		401: {kind: "authentication_error"},
		404: {kind: "not_found_error"},
		429: {kind: "rate_limit_error"},
		500: {kind: "api_error"},
	},
}

func newAnthropic(base string, transport http.RoundTripper) anthropic.Client {
	return anthropic.NewClient(option.WithoutEnvironmentDefaults(), option.WithBaseURL(base), option.WithAPIKey("client-key"), option.WithMaxRetries(0), option.WithHTTPClient(&http.Client{Transport: transport}))
}

type messages struct {
	client   anthropic.Client
	params   anthropic.MessageNewParams
	said     []anthropic.ContentBlockParamUnion // since the last answer
	streamed bool
}

func newMessages(c anthropic.Client, q question) *messages {
	p := anthropic.MessageNewParams{Model: anthropic.Model(q.model), MaxTokens: 4096}
	if q.system != "" {
		p.System = []anthropic.TextBlockParam{{Text: q.system}}
	}
	blocks := []anthropic.ContentBlockParamUnion{anthropic.NewTextBlock(q.text)}
	if q.image != nil {
		blocks = append(blocks, anthropic.NewImageBlockBase64("image/png", base64.StdEncoding.EncodeToString(q.image)))
	}
	p.Messages = []anthropic.MessageParam{anthropic.NewUserMessage(blocks...)}
	for _, t := range q.tools {
		p.Tools = append(p.Tools, anthropic.ToolUnionParam{OfTool: &anthropic.ToolParam{Name: t.name, InputSchema: anthropic.ToolInputSchemaParam{Properties: t.properties, Required: t.required}}})
	}
	if q.schema != nil {
		p.OutputConfig.Format = anthropic.JSONOutputFormatParam{Schema: q.schema}
	}
	if q.limit > 0 {
		p.MaxTokens = q.limit
	}
	if q.stop != "" {
		p.StopSequences = []string{q.stop}
	}
	if q.think {
		p.Thinking = anthropic.ThinkingConfigParamOfEnabled(1024)
	}
	return &messages{client: c, params: p, streamed: q.streamed}
}

func (m *messages) result(c call, o output) {
	block := anthropic.NewToolResultBlock(c.id, o.text, o.failed)
	if o.image != nil {
		image := anthropic.NewImageBlockBase64("image/png", base64.StdEncoding.EncodeToString(o.image)).OfImage
		block.OfToolResult.Content = append(block.OfToolResult.Content, anthropic.ToolResultBlockParamContentUnion{OfImage: image})
	}
	m.said = append(m.said, block)
}

func (m *messages) say(text string) { m.said = append(m.said, anthropic.NewTextBlock(text)) }

func (m *messages) next(ctx context.Context) (answer, error) {
	var a answer
	if len(m.said) > 0 {
		m.params.Messages = append(m.params.Messages, anthropic.NewUserMessage(m.said...))
		m.said = nil
	}
	message, err := m.message(ctx)
	if err != nil {
		return a, err
	}
	for _, b := range message.Content {
		switch b.Type {
		case "text":
			a.text += b.Text
		case "thinking":
			a.thoughts += b.Thinking
		case "tool_use":
			a.calls = append(a.calls, call{b.ID, b.Name, string(b.Input)})
		}
	}
	a.finish = map[anthropic.StopReason]finish{
		anthropic.StopReasonEndTurn: finished, anthropic.StopReasonMaxTokens: limited,
		anthropic.StopReasonToolUse: calling, anthropic.StopReasonStopSequence: stopped,
	}[message.StopReason]
	u := message.Usage
	a.prompt, a.output = u.InputTokens+u.CacheCreationInputTokens+u.CacheReadInputTokens, u.OutputTokens
	m.params.Messages = append(m.params.Messages, message.ToParam())
	return a, nil
}

func (m *messages) message(ctx context.Context) (*anthropic.Message, error) {
	if !m.streamed {
		return m.client.Messages.New(ctx, m.params)
	}
	stream := m.client.Messages.NewStreaming(ctx, m.params)
	defer stream.Close()
	var message anthropic.Message
	ends := 0
	for stream.Next() {
		event := stream.Current()
		if err := message.Accumulate(event); err != nil {
			return nil, err
		}
		if event.Type == "message_stop" {
			ends++
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	if ends != 1 {
		return nil, errUnfinished
	}
	return &message, nil
}
