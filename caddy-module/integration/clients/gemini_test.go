package clients

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"google.golang.org/genai"
)

// geminiClient is Google's genai, with its chat sessions, which keep what was said.
var geminiClient = client{
	name: "genai", dialect: "gemini.generate",
	dial: func(base string, transport http.RoundTripper) func(question) conversation {
		c := newGenAI(base, transport)
		return func(q question) conversation { return newSession(c, q) }
	},
	fault: func(err error) *fault {
		var e genai.APIError
		if !errors.As(err, &e) {
			return nil
		}
		return &fault{status: e.Code, kind: e.Status, message: e.Message}
	},
	kinds: map[int]fault{
		400: {kind: "INVALID_ARGUMENT"},
		401: {kind: "UNAUTHENTICATED"},
		404: {kind: "NOT_FOUND"},
		429: {kind: "RESOURCE_EXHAUSTED"},
		500: {kind: "INTERNAL"},
	},
}

func newGenAI(base string, transport http.RoundTripper) *genai.Client {
	c, err := genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey: "client-key", Backend: genai.BackendGeminiAPI, HTTPClient: &http.Client{Transport: transport}, HTTPOptions: genai.HTTPOptions{BaseURL: base},
	})
	if err != nil {
		panic(err) // only of a wrong configuration
	}
	return c
}

type session struct {
	chat     *genai.Chat
	parts    []*genai.Part // that are said next
	streamed bool
}

func newSession(c *genai.Client, q question) *session {
	config := &genai.GenerateContentConfig{}
	if q.system != "" {
		config.SystemInstruction = genai.NewContentFromText(q.system, genai.RoleUser)
	}
	parts := []*genai.Part{genai.NewPartFromText(q.text)}
	if q.image != nil {
		parts = append(parts, genai.NewPartFromBytes(q.image, "image/png"))
	}
	for _, t := range q.tools {
		if config.Tools == nil {
			config.Tools = []*genai.Tool{{}}
		}
		config.Tools[0].FunctionDeclarations = append(config.Tools[0].FunctionDeclarations, &genai.FunctionDeclaration{Name: t.name, ParametersJsonSchema: t.schema()})
	}
	if q.schema != nil {
		config.ResponseMIMEType, config.ResponseJsonSchema = "application/json", q.schema
	}
	config.MaxOutputTokens = int32(q.limit)
	if q.stop != "" {
		config.StopSequences = []string{q.stop}
	}
	if q.think {
		config.ThinkingConfig = &genai.ThinkingConfig{IncludeThoughts: true, ThinkingLevel: genai.ThinkingLevelLow}
	}
	chat, err := c.Chats.Create(context.Background(), q.model, config, nil)
	if err != nil {
		panic(err) // only of a wrong history
	}
	return &session{chat, parts, q.streamed}
}

func (s *session) result(c call, o output) {
	name := "output"
	if o.failed {
		name = "error"
	}
	part := genai.NewPartFromFunctionResponse(c.name, map[string]any{name: o.text})
	part.FunctionResponse.ID = c.id
	if o.image != nil {
		part.FunctionResponse.Parts = []*genai.FunctionResponsePart{{InlineData: &genai.FunctionResponseBlob{MIMEType: "image/png", Data: o.image}}}
	}
	s.parts = append(s.parts, part)
}

func (s *session) say(text string) { s.parts = append(s.parts, genai.NewPartFromText(text)) }

func (s *session) next(ctx context.Context) (answer, error) {
	var a answer
	parts := s.parts
	s.parts = nil
	if !s.streamed {
		response, err := s.chat.Send(ctx, parts...)
		if err != nil {
			return a, err
		}
		return a, a.add(response)
	}
	turns := len(s.chat.History(true))
	ends := 0
	for chunk, err := range s.chat.SendStream(ctx, parts...) {
		if err != nil {
			return a, err
		}
		if err := a.add(chunk); err != nil {
			return a, err
		}
		if len(chunk.Candidates) > 0 && chunk.Candidates[0].FinishReason != "" {
			ends++
		}
	}
	if ends != 1 {
		return a, errUnfinished
	}
	if len(s.chat.History(true)) == turns {
		return a, errors.New("the SDK takes the turn for invalid and left it out of its history")
	}
	return a, nil
}

// add puts a response, or a chunk of one, into the answer.
func (a *answer) add(response *genai.GenerateContentResponse) error {
	if len(response.Candidates) != 1 || response.Candidates[0].Content == nil {
		return errors.New("the answer does not have one candidate with content")
	}
	candidate := response.Candidates[0]
	for _, p := range candidate.Content.Parts {
		switch {
		case p.FunctionCall != nil:
			b, err := json.Marshal(p.FunctionCall.Args)
			if err != nil {
				return err
			}
			if p.FunctionCall.Args == nil {
				b = []byte("{}")
			}
			a.calls = append(a.calls, call{p.FunctionCall.ID, p.FunctionCall.Name, string(b)})
		case p.Thought:
			a.thoughts += p.Text
		default:
			a.text += p.Text
		}
	}
	if reason := candidate.FinishReason; reason != "" {
		a.finish = map[genai.FinishReason]finish{genai.FinishReasonStop: finished, genai.FinishReasonMaxTokens: limited}[reason]
		if a.finish == finished && len(a.calls) > 0 {
			a.finish = calling
		}
	}
	if u := response.UsageMetadata; u != nil {
		a.prompt, a.output = int64(u.PromptTokenCount), int64(u.CandidatesTokenCount+u.ThoughtsTokenCount)
		if total := int64(u.TotalTokenCount); total != a.prompt+a.output {
			return errors.New("usage does not add up")
		}
	}
	return nil
}
