package demo

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// responsesRequest is what the demo reads of a Responses request.
// https://platform.openai.com/docs/api-reference/responses/create
type responsesRequest struct {
	Model        string          `json:"model"`
	Stream       bool            `json:"stream"`
	Instructions string          `json:"instructions"`
	Input        json.RawMessage `json:"input"`
	Tools        []struct {
		Type       string `json:"type"`
		Name       string `json:"name"`
		Parameters schema `json:"parameters"`
	} `json:"tools"`
	ToolChoice json.RawMessage `json:"tool_choice"`
	MaxTokens  int             `json:"max_output_tokens"`
	Include    []string        `json:"include"`
	Reasoning  struct {
		Effort string `json:"effort"`
	} `json:"reasoning"`
	Text struct {
		Format struct {
			Type   string `json:"type"`
			Name   string `json:"name"`
			Schema schema `json:"schema"`
		} `json:"format"`
	} `json:"text"`
	Background bool   `json:"background"`
	Previous   string `json:"previous_response_id"`
}

type responsesItem struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	CallID    string          `json:"call_id"`
	Name      string          `json:"name"`
	Arguments *string         `json:"arguments"`
	Output    json.RawMessage `json:"output"`
	Encrypted string          `json:"encrypted_content"`
}

var responsesShape = named(`background context_management conversation include instructions max_output_tokens max_tool_calls metadata
	model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention
	safety_identifier service_tier store stream stream_options temperature tool_choice tools top_logprobs top_p truncation user client_metadata`).with(shape{
	"input": named("type id role status call_id name namespace arguments output summary encrypted_content phase action caller").with(shape{
		"content": named("type text annotations logprobs refusal image_url detail file_id file_data file_url filename prompt_cache_breakpoint"),
	}),
	"reasoning": named("effort summary generate_summary context mode"),
	"text": named("verbosity").with(shape{
		"format": named("type name schema strict description"),
	}),
})

// responsesSeal is what a reasoning item's encrypted content has to be.
var responsesSeal = base64.StdEncoding.EncodeToString([]byte("sealed by the demo model"))

func (s *Server) responses(w http.ResponseWriter, r *http.Request, body []byte) {
	q, a, err := readResponses(body)
	if err != nil {
		openAIError(w, err)
		return
	}
	answer := a.answer()
	if q.Stream {
		s.responsesStream(w, r, q, a, answer, body)
		return
	}
	reply(w, http.StatusOK, q.response(body, "completed", q.output(answer, "completed"), &answer))
}

// responsesCount is the number of tokens that a request would have.
func (s *Server) responsesCount(w http.ResponseWriter, _ *http.Request, body []byte) {
	_, a, err := readResponses(body)
	if err != nil {
		openAIError(w, err)
		return
	}
	reply(w, http.StatusOK, map[string]any{"object": "response.input_tokens", "input_tokens": a.answer().Prompt})
}

func readResponses(body []byte) (*responsesRequest, *asked, error) {
	q := &responsesRequest{}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, nil, refuse("", "the body is no response request: %v", err)
	}
	if status := failure(q.Model); status != 0 {
		return nil, nil, &fault{status: status, message: "the model " + q.Model + " always refuses"}
	}
	if path := responsesShape.unknown(body); path != nil {
		at := bracketed(path)
		return nil, nil, &fault{status: 400, message: "Unknown parameter: '" + at + "'.", param: at, code: "unknown_parameter"}
	}
	if q.Previous != "" {
		return nil, nil, &fault{status: 400, message: "Previous response with id '" + q.Previous + "' not found.", param: "previous_response_id", code: "previous_response_not_found"}
	}
	if q.Background {
		return nil, nil, refuse("background", "the demo model does not work in the background")
	}
	a, err := q.asked()
	return q, a, err
}

func (q *responsesRequest) asked() (*asked, error) {
	a := &asked{Model: q.Model, MaxTokens: q.MaxTokens, Silent: q.Reasoning.Effort == "none", Chars: len(q.Instructions)}
	format := q.Text.Format
	a.JSON, a.Schema = format.Type == "json_object" || format.Type == "json_schema", format.Schema
	if format.Type == "json_schema" && !isName(format.Name, 64) {
		return nil, refuse("text.format.name", "Missing required parameter: 'text.format.name'.")
	}
	var choice struct {
		Type string `json:"type"`
		Name string `json:"name"`
		Mode string `json:"mode"`
	}
	json.Unmarshal(q.ToolChoice, &choice)
	word := string(q.ToolChoice)
	if choice.Type == "function" {
		a.Only = choice.Name
	}
	a.Demand = word == `"required"` || a.Only != "" || choice.Mode == "required"
	for i, t := range q.Tools {
		if t.Type == "function" && !isName(t.Name, 64) {
			param := "tools[" + strconv.Itoa(i) + "].name"
			return nil, refuse(param, "Missing required parameter: '%s'.", param)
		}
		if t.Type == "function" && word != `"none"` {
			a.Tools = append(a.Tools, tool{Name: t.Name, Schema: t.Parameters})
		}
	}
	var text string
	if json.Unmarshal(q.Input, &text) == nil {
		a.user(text)
		return a, nil
	}
	var items []responsesItem
	if err := json.Unmarshal(q.Input, &items); err != nil || len(items) == 0 {
		return nil, refuse("input", "Missing required parameter: 'input'.")
	}
	return a, a.items(items)
}

// items reads a conversation. Calls may stand beside each other; each has its output somewhere behind.
func (a *asked) items(items []responsesItem) error {
	var open []string
	for i, item := range items {
		at := "input[" + strconv.Itoa(i) + "]"
		prefix := map[string]string{"message": "msg", "": "msg", "function_call": "fc", "reasoning": "rs"}[item.Type]
		if item.ID != "" && prefix != "" && !strings.HasPrefix(item.ID, prefix) {
			return refuse(at+".id", "Invalid '%s.id': '%s'. Expected an ID that begins with '%s'.", at, item.ID, prefix)
		}
		switch item.Type {
		case "", "message":
			text, media, err := responsesContent(at+".content", item.Role, item.Content)
			if err != nil {
				return err
			}
			switch item.Role {
			case "user":
				a.user(text)
				a.Media = append(a.Media, media...)
			case "assistant":
				a.answered(0)
				a.Chars += len(text)
			case "system", "developer":
				a.Chars += len(text)
			default:
				return refuse(at+".role", "Invalid value: '%s'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", item.Role)
			}
		case "function_call":
			switch {
			case item.CallID == "" || len(item.CallID) > 64:
				return refuse(at+".call_id", "Invalid '%s.call_id': expected a string with minimum length 1 and maximum length 64, but got a string with length %d instead.", at, len(item.CallID))
			case item.Name == "" || item.Arguments == nil:
				return refuse(at+".arguments", "Missing required parameter: '%s.arguments'.", at)
			}
			open = append(open, item.CallID)
			a.answered(1)
		case "function_call_output":
			j := slices.Index(open, item.CallID)
			if j < 0 {
				return refuse("input", "No tool call found for function call output with call_id %s.", item.CallID)
			}
			open = slices.Delete(open, j, j+1)
			text, media, err := responsesContent(at+".output", "user", item.Output)
			if err != nil {
				return err
			}
			a.result(text, false)
			a.Media = append(a.Media, media...)
		case "reasoning":
			if item.Encrypted != "" && item.Encrypted != responsesSeal {
				return &fault{status: 400, message: "The encrypted content for item " + item.ID + " could not be verified.", code: "invalid_encrypted_content"}
			}
		case "item_reference":
			return &fault{status: 404, message: "Item with id '" + item.ID + "' not found.", param: "input"}
		default:
			return refuse(at+".type", "Invalid value: '%s'.", item.Type)
		}
	}
	if len(open) > 0 {
		return refuse("input", "No tool output found for function call %s.", open[0])
	}
	return nil
}

// responsesContent reads a content, or a tool's output, that is a string or a list of parts.
func responsesContent(at, role string, raw json.RawMessage) (string, []medium, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil && string(raw) != "null" {
		return text, nil, nil
	}
	var parts []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Refusal  string `json:"refusal"`
		ImageURL string `json:"image_url"`
		FileData string `json:"file_data"`
		FileURL  string `json:"file_url"`
		FileID   string `json:"file_id"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		return "", nil, refuse(at, "Invalid type for '%s': expected one of an array of objects or string.", at)
	}
	var media []medium
	for i, p := range parts {
		at := at + "[" + strconv.Itoa(i) + "]"
		m, err := medium{}, error(nil)
		switch {
		case p.Type == "output_text" && role == "assistant", p.Type == "input_text" && role != "assistant":
			text += p.Text
			continue
		case p.Type == "refusal" && role == "assistant":
			text += p.Refusal
			continue
		case p.Type == "input_image" && role != "assistant" && p.ImageURL != "":
			m, err = openAIMedium("image", p.ImageURL)
		case p.Type == "input_file" && role != "assistant" && p.FileData != "":
			m, err = openAIMedium("document", p.FileData)
		case (p.Type == "input_image" || p.Type == "input_file") && role != "assistant":
			m = medium{Kind: map[string]string{"input_image": "image", "input_file": "document"}[p.Type], URL: p.FileURL + p.FileID}
		case role == "assistant":
			return "", nil, refuse(at, "Invalid value: '%s'. Supported values are: 'output_text' and 'refusal'.", p.Type)
		default:
			return "", nil, refuse(at, "Invalid value: '%s'. Supported values are: 'input_text', 'input_image', and 'input_file'.", p.Type)
		}
		if err != nil {
			return "", nil, refuse(at, "Invalid '%s': %v.", at, err)
		}
		media = append(media, m)
	}
	return text, media, nil
}
