package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// geminiRequest is what the demo reads of a generateContent request.
// https://ai.google.dev/api/generate-content
type geminiRequest struct {
	Contents          []geminiContent `json:"contents"`
	SystemInstruction *geminiContent  `json:"systemInstruction"`
	Tools             []struct {
		FunctionDeclarations []struct {
			Name                 string          `json:"name"`
			Parameters           json.RawMessage `json:"parameters"`
			ParametersJSONSchema json.RawMessage `json:"parametersJsonSchema"`
		} `json:"functionDeclarations"`
	} `json:"tools"`
	ToolConfig struct {
		FunctionCallingConfig struct {
			Mode    string   `json:"mode"`
			Allowed []string `json:"allowedFunctionNames"`
		} `json:"functionCallingConfig"`
	} `json:"toolConfig"`
	GenerationConfig struct {
		MaxOutputTokens    int             `json:"maxOutputTokens"`
		StopSequences      []string        `json:"stopSequences"`
		CandidateCount     int             `json:"candidateCount"`
		ResponseMIMEType   string          `json:"responseMimeType"`
		ResponseSchema     json.RawMessage `json:"responseSchema"`
		ResponseJSONSchema json.RawMessage `json:"responseJsonSchema"`
		ThinkingConfig     struct {
			IncludeThoughts *bool  `json:"includeThoughts"`
			ThinkingBudget  *int   `json:"thinkingBudget"`
			ThinkingLevel   string `json:"thinkingLevel"`
		} `json:"thinkingConfig"`
	} `json:"generationConfig"`
}

type geminiContent struct {
	Role  string       `json:"role"`
	Parts []geminiPart `json:"parts"`
}

type geminiPart struct {
	Text             *string         `json:"text"`
	Thought          bool            `json:"thought"`
	ThoughtSignature string          `json:"thoughtSignature"`
	InlineData       *geminiBlob     `json:"inlineData"`
	FileData         *geminiFile     `json:"fileData"`
	ExecutableCode   json.RawMessage `json:"executableCode"`
	CodeResult       json.RawMessage `json:"codeExecutionResult"`
	FunctionCall     *struct {
		ID   string         `json:"id"`
		Name string         `json:"name"`
		Args map[string]any `json:"args"`
	} `json:"functionCall"`
	FunctionResponse *struct {
		ID       string          `json:"id"`
		Name     string          `json:"name"`
		Response json.RawMessage `json:"response"`
		Parts    []struct {
			InlineData *geminiBlob `json:"inlineData"`
			FileData   *geminiFile `json:"fileData"`
		} `json:"parts"`
	} `json:"functionResponse"`
}

type geminiBlob struct {
	MIMEType string `json:"mimeType"`
	Data     string `json:"data"`
}

type geminiFile struct {
	MIMEType string `json:"mimeType"`
	URI      string `json:"fileUri"`
}

// gemini answers the paths with a model's name in them.
func (s *Server) gemini(w http.ResponseWriter, r *http.Request, body []byte) {
	path := r.URL.Path
	i := max(strings.LastIndex(path, "/models/")+len("/models/"), strings.LastIndex(path, "/tunedModels/")+len("/tunedModels/"))
	model, action, _ := strings.Cut(path[i:], ":")
	if status := failure(model); status != 0 {
		geminiError(w, &fault{status: status, message: "The model " + model + " always refuses."})
		return
	}
	if !json.Valid(body) {
		geminiError(w, refuse("", "Invalid JSON payload received. Unexpected token."))
		return
	}
	body = geminiSpelling(body)
	switch action {
	case "generateContent":
		s.geminiWhole(w, model, body)
	case "streamGenerateContent":
		s.geminiStream(w, r, model, body)
	case "countTokens":
		geminiCount(w, model, body)
	case "embedContent":
		geminiEmbed(w, model, body)
	case "batchEmbedContents":
		geminiEmbedBatch(w, model, body)
	default:
		geminiError(w, &fault{status: http.StatusNotFound, message: "the demo model does not know " + action})
	}
}

func (s *Server) geminiWhole(w http.ResponseWriter, model string, body []byte) {
	q, a, err := readGemini(model, body)
	if err != nil {
		geminiError(w, err)
		return
	}
	answer := a.answer()
	parts := geminiParts(model, answer.Words, answer.Calls, true)
	if len(answer.Thoughts) > 0 && q.showsThoughts() {
		parts = append([]any{map[string]any{"text": strings.Join(answer.Thoughts, ""), "thought": true}}, parts...)
	}
	reply(w, http.StatusOK, geminiChunk(model, parts, answer, 0))
}

func (s *Server) geminiStream(w http.ResponseWriter, r *http.Request, model string, body []byte) {
	q, a, err := readGemini(model, body)
	if err != nil {
		geminiError(w, err)
		return
	}
	answer := a.answer()
	kind := framing.Array
	if r.URL.Query().Get("alt") == "sse" {
		kind = framing.SSE
	}
	var all [][]any
	if q.showsThoughts() {
		for _, word := range answer.Thoughts {
			all = append(all, []any{map[string]any{"text": word, "thought": true}})
		}
	}
	for _, word := range answer.Words {
		all = append(all, geminiParts(model, []string{word}, nil, false))
	}
	for i := range answer.Calls {
		all = append(all, geminiParts(model, nil, answer.Calls[i:i+1], i == 0))
	}
	if len(all) == 0 {
		all = append(all, []any{map[string]any{"text": ""}})
	}
	out := s.stream(w, r, kind, "\r\n")
	for i, parts := range all {
		if a.fails(i) {
			out.send(geminiBody(&fault{status: 500, message: failed}))
			return
		}
		if !out.send(geminiChunk(model, parts, answer, len(all)-1-i)) {
			return
		}
	}
	out.close()
}

// readGemini reads a request that is to be answered.
func readGemini(model string, body []byte) (*geminiRequest, *asked, error) {
	q := &geminiRequest{}
	if path := geminiShape.unknown(body); path != nil {
		return nil, nil, geminiUnknown(path)
	}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, nil, refuse("", "Invalid value: %v", err)
	}
	if err := q.check(model); err != nil {
		return nil, nil, err
	}
	a, err := q.asked(model)
	return q, a, err
}

func (q *geminiRequest) showsThoughts() bool {
	include := q.GenerationConfig.ThinkingConfig.IncludeThoughts
	return include == nil || *include
}

func (q *geminiRequest) asked(model string) (*asked, error) {
	c := &q.GenerationConfig
	budget := c.ThinkingConfig.ThinkingBudget
	a := &asked{Model: model, MaxTokens: c.MaxOutputTokens, Stops: c.StopSequences, Silent: budget != nil && *budget == 0}
	a.JSON = c.ResponseMIMEType == "application/json"
	json.Unmarshal(c.ResponseSchema, &a.Schema)
	json.Unmarshal(c.ResponseJSONSchema, &a.Schema)
	calling := q.ToolConfig.FunctionCallingConfig
	a.Demand = calling.Mode == "ANY"
	if len(calling.Allowed) == 1 && a.Demand {
		a.Only = calling.Allowed[0]
	}
	if calling.Mode != "NONE" {
		for _, t := range q.Tools {
			for _, f := range t.FunctionDeclarations {
				d := tool{Name: f.Name}
				json.Unmarshal(f.Parameters, &d.Schema)
				json.Unmarshal(f.ParametersJSONSchema, &d.Schema)
				a.Tools = append(a.Tools, d)
			}
		}
	}
	if q.SystemInstruction != nil {
		for _, p := range q.SystemInstruction.Parts {
			if p.Text != nil {
				a.Chars += len(*p.Text)
			}
		}
	}
	for i, content := range q.Contents {
		at := "contents[" + strconv.Itoa(i) + "]"
		text, media, err := geminiTurn(at, a, content)
		switch {
		case err != nil:
			return nil, err
		case content.Role == "model":
			a.Chars += len(text)
			continue
		}
		a.user(text)
		a.Media = append(a.Media, media...)
	}
	return a, nil
}

// geminiTurn reads a content's text and media, and puts its calls and results into a.
func geminiTurn(at string, a *asked, content geminiContent) (text string, media []medium, err error) {
	if content.Role == "model" {
		a.answered(0)
	}
	for j, p := range content.Parts {
		at := at + ".parts[" + strconv.Itoa(j) + "]"
		if p.Text != nil && !p.Thought {
			text += *p.Text
		}
		if p.FunctionCall != nil {
			a.answered(1)
		}
		blobs, files := []*geminiBlob{p.InlineData}, []*geminiFile{p.FileData}
		if f := p.FunctionResponse; f != nil {
			a.result(geminiResult(f.Response))
			for _, p := range f.Parts {
				blobs, files = append(blobs, p.InlineData), append(files, p.FileData)
			}
		}
		for _, b := range blobs {
			if b == nil {
				continue
			}
			data, err := base64.StdEncoding.DecodeString(b.Data)
			if err != nil || b.MIMEType == "" {
				return "", nil, refuse("", "Invalid value at '%s.inline_data.data' (TYPE_BYTES), Base64 decoding failed, or no mime_type", at)
			}
			media = append(media, medium{Kind: mediumKind(b.MIMEType), Size: len(data)})
		}
		for _, f := range files {
			if f != nil && f.URI == "" {
				return "", nil, refuse("", "%s.file_data.file_uri: must not be empty", at)
			}
			if f != nil {
				media = append(media, medium{Kind: mediumKind(f.MIMEType), URL: f.URI})
			}
		}
	}
	return text, media, nil
}

func mediumKind(mimeType string) string {
	switch kind, _, _ := strings.Cut(mimeType, "/"); kind {
	case "image", "audio":
		return kind
	}
	return "document"
}

// geminiResult is what a function said: its output or error when the response names one, else all.
func geminiResult(raw json.RawMessage) (text string, failed bool) {
	var v map[string]json.RawMessage
	json.Unmarshal(raw, &v)
	for _, name := range []string{"output", "error"} {
		if value, ok := v[name]; ok && len(v) == 1 {
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			return text, name == "error"
		}
	}
	return string(raw), false
}

// signs tells the models that sign their calls, and want the signatures back.
func signs(model string) bool { return strings.Contains(model, "gemini-3") }

// geminiSignature is what the demo signs a call with, and wants to see again on it.
func geminiSignature(name string, args map[string]any) string {
	if args == nil {
		args = map[string]any{}
	}
	b, _ := json.Marshal(args)
	sum := sha256.Sum256(append([]byte("gemini "+name+" "), b...))
	return base64.StdEncoding.EncodeToString(sum[:24])
}

// geminiParts is text, and calls of which the first may be the first of its step.
func geminiParts(model string, words []string, calls []call, first bool) []any {
	parts := []any{}
	if len(words) > 0 {
		parts = append(parts, map[string]any{"text": strings.Join(words, "")})
	}
	for i, c := range calls {
		f := map[string]any{"name": c.Name, "args": c.Args}
		part := map[string]any{"functionCall": f}
		if signs(model) {
			f["id"] = "fc_demo_" + strconv.Itoa(c.ID)
			if first && i == 0 {
				part["thoughtSignature"] = geminiSignature(c.Name, c.Args)
			}
		}
		parts = append(parts, part)
	}
	return parts
}

// geminiChunk is a piece of an answer with so many pieces behind it. Each says what was used so far.
func geminiChunk(model string, parts []any, s said, behind int) any {
	candidate := map[string]any{"content": map[string]any{"role": "model", "parts": parts}, "index": 0}
	output := max(s.Output-len(s.Thoughts)-behind, 0)
	usage := map[string]any{"promptTokenCount": s.Prompt, "candidatesTokenCount": output, "totalTokenCount": s.Prompt + len(s.Thoughts) + output}
	if len(s.Thoughts) > 0 {
		usage["thoughtsTokenCount"] = len(s.Thoughts)
	}
	if behind == 0 {
		candidate["finishReason"] = "STOP"
		if s.Length {
			candidate["finishReason"] = "MAX_TOKENS"
		}
	}
	return map[string]any{"candidates": []any{candidate}, "modelVersion": model, "responseId": "demo", "usageMetadata": usage}
}

func geminiError(w http.ResponseWriter, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = refuse("", "%v", err)
	}
	reply(w, f.status, geminiBody(f))
}

func geminiBody(f *fault) any {
	names := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
	name := names[f.status]
	if name == "" {
		name = "INTERNAL"
	}
	e := map[string]any{"code": f.status, "message": f.message, "status": name}
	if f.status == http.StatusTooManyRequests {
		e["details"] = []any{map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}}
	}
	return map[string]any{"error": e}
}

// geminiSpelling turns the snake_case that Google's APIs also take into camelCase, but not in what is
// the client's own: schemas, arguments, results, labels.
func geminiSpelling(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return body
	}
	b, err := json.Marshal(camel(v))
	if err != nil {
		return body
	}
	return b
}

func camel(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = camel(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			words := strings.Split(name, "_")
			for i := range words[1:] {
				if w := words[i+1]; w != "" {
					words[i+1] = strings.ToUpper(w[:1]) + w[1:]
				}
			}
			name = strings.Join(words, "")
			switch name {
			case "args", "response", "labels", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema":
				out[name] = value
			default:
				out[name] = camel(value)
			}
		}
		return out
	}
	return v
}
