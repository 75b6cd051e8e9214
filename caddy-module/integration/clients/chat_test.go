package clients

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"
)

// chatClient is openai-go with Chat Completions.
var chatClient = client{
	name: "openai-go chat", dialect: "openai.chat",
	dial: func(base string, transport http.RoundTripper) func(question) conversation {
		c := newOpenAI(base, transport)
		return func(q question) conversation { return newChat(c, q) }
	},
	fault: openAIFault,
	kinds: openAIFaults,
}

func newOpenAI(base string, transport http.RoundTripper) openai.Client {
	return openai.NewClient(option.WithBaseURL(base+"/v1"), option.WithAPIKey("client-key"), option.WithMaxRetries(0), option.WithHTTPClient(&http.Client{Transport: transport}))
}

// openAIFaults are OpenAI's types and codes of errors.
var openAIFaults = map[int]fault{
	400: {kind: "invalid_request_error"},
	401: {kind: "authentication_error"},
	404: {kind: "invalid_request_error", code: "model_not_found"},
	429: {kind: "rate_limit_error", code: "rate_limit_exceeded"},
	500: {kind: "server_error"},
}

func openAIFault(err error) *fault {
	var e *openai.Error
	if !errors.As(err, &e) {
		return nil
	}
	return &fault{e.StatusCode, e.Type, e.Code, e.Message}
}

type chat struct {
	client   openai.Client
	params   openai.ChatCompletionNewParams
	last     string // message of a whole answer, as it came
	streamed bool
}

func newChat(c openai.Client, q question) *chat {
	p := openai.ChatCompletionNewParams{Model: q.model}
	if q.system != "" {
		p.Messages = append(p.Messages, openai.SystemMessage(q.system))
	}
	if q.image == nil {
		p.Messages = append(p.Messages, openai.UserMessage(q.text))
	} else {
		p.Messages = append(p.Messages, openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{
			openai.TextContentPart(q.text),
			openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: dataURL(q.image)}),
		}))
	}
	for _, t := range q.tools {
		p.Tools = append(p.Tools, openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{Name: t.name, Parameters: t.schema()}))
	}
	if q.schema != nil {
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "card", Schema: q.schema, Strict: param.NewOpt(true)}}
	}
	if q.limit > 0 {
		p.MaxCompletionTokens = param.NewOpt(q.limit)
	}
	if q.stop != "" {
		p.Stop.OfString = param.NewOpt(q.stop)
	}
	if q.think {
		p.ReasoningEffort = shared.ReasoningEffortLow
	}
	if q.streamed {
		p.StreamOptions.IncludeUsage = param.NewOpt(true)
	}
	return &chat{client: c, params: p, streamed: q.streamed}
}

func (t tool) schema() map[string]any {
	required := t.required
	if required == nil {
		required = []string{}
	}
	return map[string]any{"type": "object", "properties": t.properties, "required": required}
}

func dataURL(png []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png)
}

func (c *chat) result(call call, o output) {
	c.params.Messages = append(c.params.Messages, openai.ToolMessage(o.text, call.id)) // there is no more to it
}

func (c *chat) say(text string) {
	c.params.Messages = append(c.params.Messages, openai.UserMessage(text))
}

func (c *chat) next(ctx context.Context) (answer, error) {
	var a answer
	completion, err := c.complete(ctx, &a)
	if err != nil {
		return a, err
	}
	if len(completion.Choices) != 1 {
		return a, errors.New("the answer does not have one choice")
	}
	choice := completion.Choices[0]
	a.text = choice.Message.Content
	a.thoughts += extra(choice.Message.JSON.ExtraFields["reasoning_content"].Raw())
	for _, call_ := range choice.Message.ToolCalls {
		a.calls = append(a.calls, call{call_.ID, call_.Function.Name, call_.Function.Arguments})
	}
	a.finish = map[string]finish{"stop": finished, "length": limited, "tool_calls": calling}[choice.FinishReason]
	a.prompt, a.output = completion.Usage.PromptTokens, completion.Usage.CompletionTokens
	if total := completion.Usage.TotalTokens; total != a.prompt+a.output {
		return a, errors.New("usage does not add up")
	}
	c.last = choice.Message.RawJSON()
	c.params.Messages = append(c.params.Messages, choice.Message.ToParam())
	return a, nil
}

// complete asks for an answer, or lets the SDK's accumulator put its chunks together; that knows no
// thoughts, which go to a.
func (c *chat) complete(ctx context.Context, a *answer) (*openai.ChatCompletion, error) {
	if !c.streamed {
		return c.client.Chat.Completions.New(ctx, c.params)
	}
	stream := c.client.Chat.Completions.NewStreaming(ctx, c.params)
	defer stream.Close()
	var acc openai.ChatCompletionAccumulator
	ends := 0
	for stream.Next() {
		chunk := stream.Current()
		if !acc.AddChunk(chunk) {
			return nil, errors.New("the SDK's accumulator refused chunk " + chunk.RawJSON())
		}
		for _, choice := range chunk.Choices {
			a.thoughts += extra(choice.Delta.JSON.ExtraFields["reasoning_content"].Raw())
			if choice.FinishReason != "" {
				ends++
			}
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	if ends != 1 {
		return nil, errUnfinished
	}
	return &acc.ChatCompletion, nil
}

// extra reads a member that an SDK does not know and which is a string.
func extra(raw string) string {
	var s string
	json.Unmarshal([]byte(raw), &s)
	return s
}

// errUnfinished is a stream that ends without an error and without saying that the answer is complete.
var errUnfinished = errors.New("the stream does not have one end")
