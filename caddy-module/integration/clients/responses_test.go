package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"
)

// responsesClient is openai-go with Responses.
var responsesClient = client{
	name: "openai-go responses", dialect: "openai.responses",
	dial: func(base string, transport http.RoundTripper) func(question) conversation {
		c := newOpenAI(base, transport)
		return func(q question) conversation { return newResponse(c, q) }
	},
	fault: openAIFault,
	kinds: openAIFaults,
}

type response struct {
	client   openai.Client
	params   responses.ResponseNewParams
	items    responses.ResponseInputParam
	streamed bool
}

func newResponse(c openai.Client, q question) *response {
	p := responses.ResponseNewParams{Model: q.model, Store: param.NewOpt(false)}
	r := &response{client: c, streamed: q.streamed}
	if q.system != "" {
		p.Instructions = param.NewOpt(q.system)
	}
	if q.image == nil {
		r.items = append(r.items, responses.ResponseInputItemParamOfMessage(q.text, responses.EasyInputMessageRoleUser))
	} else {
		r.items = append(r.items, responses.ResponseInputItemParamOfMessage(responses.ResponseInputMessageContentListParam{
			responses.ResponseInputContentParamOfInputText(q.text),
			{OfInputImage: &responses.ResponseInputImageParam{ImageURL: param.NewOpt(dataURL(q.image)), Detail: responses.ResponseInputImageDetailAuto}},
		}, responses.EasyInputMessageRoleUser))
	}
	for _, t := range q.tools {
		p.Tools = append(p.Tools, responses.ToolUnionParam{OfFunction: &responses.FunctionToolParam{Name: t.name, Parameters: t.schema(), Strict: param.NewOpt(false)}})
	}
	if q.schema != nil {
		p.Text.Format.OfJSONSchema = &responses.ResponseFormatTextJSONSchemaConfigParam{Name: "card", Schema: q.schema, Strict: param.NewOpt(true)}
	}
	if q.limit > 0 {
		p.MaxOutputTokens = param.NewOpt(q.limit)
	}
	if q.think {
		p.Reasoning = shared.ReasoningParam{Effort: shared.ReasoningEffortLow, Summary: shared.ReasoningSummaryAuto}
		p.Include = []responses.ResponseIncludable{responses.ResponseIncludableReasoningEncryptedContent}
	}
	r.params = p
	return r
}

func (r *response) result(c call, o output) {
	item := responses.ResponseInputItemParamOfFunctionCallOutput(o.text)
	if o.image != nil {
		item = responses.ResponseInputItemParamOfFunctionCallOutput(responses.ResponseFunctionCallOutputItemListParam{
			{OfInputText: &responses.ResponseInputTextContentParam{Text: o.text}},
			{OfInputImage: &responses.ResponseInputImageContentParam{ImageURL: param.NewOpt(dataURL(o.image))}},
		})
	}
	item.OfFunctionCallOutput.CallID = param.NewOpt(c.id)
	r.items = append(r.items, item)
}

func (r *response) say(text string) {
	r.items = append(r.items, responses.ResponseInputItemParamOfMessage(text, responses.EasyInputMessageRoleUser))
}

func (r *response) next(ctx context.Context) (answer, error) {
	var a answer
	r.params.Input = responses.ResponseNewParamsInputUnion{OfInputItemList: r.items}
	response, err := r.respond(ctx)
	if err != nil {
		return a, err
	}
	a.text = response.OutputText()
	a.finish = map[responses.ResponseStatus]finish{responses.ResponseStatusCompleted: finished}[response.Status]
	if response.Status == responses.ResponseStatusIncomplete && response.IncompleteDetails.Reason == "max_output_tokens" {
		a.finish = limited
	}
	for _, item := range response.Output {
		switch item.Type {
		case "reasoning":
			for _, s := range item.AsReasoning().Summary {
				a.thoughts += s.Text
			}
		case "function_call":
			a.finish = calling
			f := item.AsFunctionCall()
			a.calls = append(a.calls, call{f.CallID, f.Name, f.Arguments})
		}
		// As the documentation has it: the output's items are the next input's.
		var back responses.ResponseInputItemUnionParam
		if err := json.Unmarshal([]byte(item.RawJSON()), &back); err != nil {
			return a, err
		}
		r.items = append(r.items, back)
	}
	a.prompt, a.output = response.Usage.InputTokens, response.Usage.OutputTokens
	if total := response.Usage.TotalTokens; total != a.prompt+a.output {
		return a, errors.New("usage does not add up")
	}
	return a, nil
}

// respond asks for a response. A streamed one is what the SDK's accumulator makes of the events, held
// against what the last of them says.
func (r *response) respond(ctx context.Context) (*responses.Response, error) {
	if !r.streamed {
		return r.client.Responses.New(ctx, r.params)
	}
	stream := r.client.Responses.NewStreaming(ctx, r.params)
	defer stream.Close()
	var acc responses.ResponseAccumulator
	sequence := int64(0)
	for stream.Next() {
		e := stream.Current()
		if e.SequenceNumber != sequence {
			return nil, fmt.Errorf("event %s has sequence number %d, want %d", e.Type, e.SequenceNumber, sequence)
		}
		sequence++
		if e.Type == "error" {
			return nil, &openai.Error{Code: e.Code, Message: e.Message}
		}
		var event responses.ResponsesServerEventUnion // the accumulator's kind of events
		if err := json.Unmarshal([]byte(e.RawJSON()), &event); err != nil {
			return nil, err
		}
		if err := acc.AddEvent(event); err != nil {
			return nil, fmt.Errorf("the SDK's accumulator refused %s: %w", e.RawJSON(), err)
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	seen := acc.Snapshot()
	if seen.TerminalEvent == "" {
		return nil, errUnfinished
	}
	response, err := acc.ReconstructedResponse()
	if err != nil {
		return nil, err
	}
	if seen.OutputText() != response.OutputText() {
		return nil, fmt.Errorf("the deltas say %q, the response %q", seen.OutputText(), response.OutputText())
	}
	return response, nil
}
