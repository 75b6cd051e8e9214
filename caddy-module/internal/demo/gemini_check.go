package demo

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// geminiShape is what the Gemini API knows of a request. It refuses all other names.
var geminiShape = named("safetySettings cachedContent serviceTier labels model store").with(shape{
	"contents":          geminiContentShape,
	"systemInstruction": geminiContentShape,
	"tools": named("googleSearch googleSearchRetrieval codeExecution urlContext fileSearch computerUse googleMaps mcpServers").with(shape{
		"functionDeclarations": named("name description behavior parametersJsonSchema responseJsonSchema").with(shape{"parameters": geminiSchemaShape, "response": geminiSchemaShape}),
	}),
	"toolConfig": named("retrievalConfig includeServerSideToolInvocations").with(shape{"functionCallingConfig": named("mode allowedFunctionNames streamFunctionCallArguments")}),
	"generationConfig": named(`maxOutputTokens stopSequences candidateCount temperature topP topK seed presencePenalty frequencyPenalty
		responseLogprobs logprobs responseMimeType responseJsonSchema responseFormat responseModalities speechConfig mediaResolution imageConfig
		enableEnhancedCivicAnswers audioTimestamp routingConfig`).with(shape{
		"responseSchema": geminiSchemaShape,
		"thinkingConfig": named("includeThoughts thinkingBudget thinkingLevel"),
	}),
})

var geminiContentShape = named("role").with(shape{
	"parts": named("text thought thoughtSignature videoMetadata mediaResolution executableCode codeExecutionResult toolCall toolResponse partMetadata").with(shape{
		"inlineData":   named("mimeType data displayName"),
		"fileData":     named("mimeType fileUri displayName"),
		"functionCall": named("id name args"),
		"functionResponse": named("id name response willContinue scheduling").with(shape{
			"parts": shape{"inlineData": named("mimeType data displayName"), "fileData": named("mimeType fileUri displayName")},
		}),
	}),
})

// geminiSchemaShape is Google's Schema, a part of OpenAPI 3.0's: https://ai.google.dev/api/caching#Schema
var geminiSchemaShape = func() shape {
	s := named(`type format title description nullable enum maxItems minItems required minProperties maxProperties minLength maxLength
		pattern example propertyOrdering default minimum maximum`)
	s["items"], s["anyOf"], s["properties"] = s, s, shape{"*": s}
	return s
}()

func geminiUnknown(path []any) error {
	name, at := path[len(path)-1], bracketed(path[:len(path)-1])
	if at != "" {
		at = " at '" + at + "'"
	}
	return refuse("", "Invalid JSON payload received. Unknown name %q%s: Cannot find field.", name, at)
}

// check refuses what the Gemini API refuses.
func (q *geminiRequest) check(model string) error {
	c := &q.GenerationConfig
	thinking := &c.ThinkingConfig
	switch {
	case len(q.Contents) == 0:
		return refuse("", "* GenerateContentRequest.contents: contents is not specified")
	case len(c.StopSequences) > 5:
		return refuse("", "* GenerateContentRequest.generation_config.stop_sequences: at most 5 stop sequences are allowed")
	case c.CandidateCount > 1 && signs(model):
		return refuse("", "Multiple candidates is not enabled for this model")
	case thinking.ThinkingBudget != nil && thinking.ThinkingLevel != "":
		return refuse("", "You can only set only one of thinking budget and thinking level.")
	case thinking.ThinkingLevel != "" && strings.Contains(model, "gemini-2"):
		return refuse("", "Thinking level is not supported for this model.")
	case (len(c.ResponseSchema) > 0 || len(c.ResponseJSONSchema) > 0) && c.ResponseMIMEType == "":
		return refuse("", "* GenerateContentRequest.generation_config.response_mime_type: must be set when a response schema is")
	case len(c.ResponseSchema) > 0 && len(c.ResponseJSONSchema) > 0:
		return refuse("", "* GenerateContentRequest.generation_config: only one of response_schema and response_json_schema may be set")
	case c.ResponseMIMEType == "application/json" && len(q.Tools) > 0 && strings.Contains(model, "gemini-2"):
		return refuse("", "Function calling with a response mime type: 'application/json' is unsupported")
	}
	if err := checkGeminiSchema("generation_config.response_schema", c.ResponseSchema); err != nil {
		return err
	}
	if err := q.checkTools(); err != nil {
		return err
	}
	return q.checkTurns(model)
}

// checkGeminiSchema refuses in a Schema what JSON Schema allows and Google does not.
func checkGeminiSchema(at string, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var s struct {
		Type       json.RawMessage            `json:"type"`
		Enum       []json.RawMessage          `json:"enum"`
		Items      json.RawMessage            `json:"items"`
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		AnyOf      []json.RawMessage          `json:"anyOf"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return refuse("", "Invalid value at '%s' (type.googleapis.com/google.ai.generativelanguage.v1beta.Schema)", at)
	}
	var kind string
	if len(s.Type) > 0 && json.Unmarshal(s.Type, &kind) != nil {
		return refuse("", "Invalid JSON payload received. Unknown name \"type\" at '%s': Proto field is not repeating, cannot start list.", at)
	}
	kind = strings.ToUpper(kind)
	if !slices.Contains([]string{"", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}, kind) {
		return refuse("", "Invalid value at '%s.type': %q", at, kind)
	}
	for _, e := range s.Enum {
		var text string
		if json.Unmarshal(e, &text) != nil {
			return refuse("", "Invalid value at '%s.enum[0]' (TYPE_STRING), %s", at, e)
		}
		if text == "" {
			return refuse("", "* GenerateContentRequest.%s.enum[0]: cannot be empty", at)
		}
	}
	if kind == "ARRAY" && len(s.Items) == 0 {
		return refuse("", "* GenerateContentRequest.%s.items: missing field.", at)
	}
	for _, name := range s.Required {
		if _, ok := s.Properties[name]; !ok {
			return refuse("", "* GenerateContentRequest.%s.required[0]: property is not defined", at)
		}
	}
	for name, p := range s.Properties {
		if err := checkGeminiSchema(at+".properties["+name+"]", p); err != nil {
			return err
		}
	}
	for i, p := range s.AnyOf {
		if err := checkGeminiSchema(at+".any_of["+strconv.Itoa(i)+"]", p); err != nil {
			return err
		}
	}
	return checkGeminiSchema(at+".items", s.Items)
}

func (q *geminiRequest) checkTools() error {
	names := map[string]bool{}
	for i, t := range q.Tools {
		for j, f := range t.FunctionDeclarations {
			at := "tools[" + strconv.Itoa(i) + "].function_declarations[" + strconv.Itoa(j) + "]"
			switch {
			case !isGeminiName(f.Name):
				return refuse("", "* GenerateContentRequest.%s.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.", at)
			case names[f.Name]:
				return refuse("", "Duplicate function declaration found: %s", f.Name)
			case len(f.Parameters) > 0 && len(f.ParametersJSONSchema) > 0:
				return refuse("", "* GenerateContentRequest.%s: only one of parameters and parameters_json_schema may be set", at)
			}
			names[f.Name] = true
			if err := checkGeminiSchema(at+".parameters", f.Parameters); err != nil {
				return err
			}
		}
	}
	calling := q.ToolConfig.FunctionCallingConfig
	if !slices.Contains([]string{"", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"}, calling.Mode) {
		return refuse("", "Invalid value at 'tool_config.function_calling_config.mode': %q", calling.Mode)
	}
	if len(calling.Allowed) > 0 && calling.Mode != "ANY" && calling.Mode != "VALIDATED" {
		return refuse("", "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: allowed only with mode ANY")
	}
	for _, name := range calling.Allowed {
		if !names[name] {
			return refuse("", "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names[0]: %s is not declared", name)
		}
	}
	return nil
}

func isGeminiName(s string) bool {
	first := s
	if len(s) > 0 {
		first = s[:1]
	}
	return isName(strings.NewReplacer(".", "_", ":", "_").Replace(s), 64) && !strings.ContainsAny(first, "0123456789-.:")
}

// checkTurns: the calls of a turn have as many results right behind them, under their names, and models
// that sign get their signatures back in the turn that goes on.
func (q *geminiRequest) checkTurns(model string) error {
	current := 0 // the turn that goes on begins behind the last text of the user's
	for i, content := range q.Contents {
		if content.Role != "model" && slices.ContainsFunc(content.Parts, func(p geminiPart) bool { return p.Text != nil && p.FunctionResponse == nil }) {
			current = i
		}
	}
	var open []geminiCall
	turn := 0 // calls of the model's turn so far, which may be several contents
	for i, content := range q.Contents {
		goesOn := i > 0 && content.Role == "model" && q.Contents[i-1].Role == "model"
		if !goesOn {
			turn = 0
		}
		at := "contents[" + strconv.Itoa(i) + "]"
		if content.Role != "" && content.Role != "user" && content.Role != "model" && content.Role != "function" {
			return refuse("", "Please use a valid role: user, model.")
		}
		if len(content.Parts) == 0 {
			return refuse("", "* GenerateContentRequest.%s.parts: contents.parts must not be empty.", at)
		}
		var calls, answered []geminiCall
		responses := 0
		for j, p := range content.Parts {
			at := "* GenerateContentRequest." + at + ".parts[" + strconv.Itoa(j) + "]"
			if n := p.kinds(); n != 1 {
				return refuse("", "%s.data: required oneof field 'data' must have one initialized field", at)
			}
			if err := p.checkSignature(model, content.Role, i > current && turn+len(calls) == 0, j); err != nil {
				return err
			}
			if f := p.FunctionCall; f != nil {
				calls = append(calls, geminiCall{f.Name, f.ID})
			}
			if f := p.FunctionResponse; f != nil {
				responses++
				if f.ID != "" && slices.Contains(answered, geminiCall{f.Name, f.ID}) {
					continue // said again, as Gemini CLI does when it resumes a session
				}
				answered = append(answered, geminiCall{f.Name, f.ID})
				k := slices.IndexFunc(open, geminiCall{f.Name, f.ID}.answers)
				switch {
				case f.Name == "":
					return refuse("", "%s.function_response.name: Name cannot be empty.", at)
				case !strings.HasPrefix(strings.TrimSpace(string(f.Response)), "{"):
					return refuse("", "%s.function_response.response: must be an object", at)
				case k < 0:
					return refuse("", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
				}
				open = slices.Delete(open, k, k+1)
			}
		}
		if len(open) > 0 && !goesOn {
			return refuse("", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")
		}
		if responses > 0 && responses < len(content.Parts) && signs(model) {
			return refuse("", "Please ensure that function response parts stand alone in their content.")
		}
		if len(calls) > 0 && i == 0 {
			return refuse("", "Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
		}
		turn += len(calls)
		open = append(open, calls...)
	}
	if len(open) > 0 {
		return refuse("", "Please ensure that function call turn is followed by a function response turn.")
	}
	return nil
}

// geminiCall is what tells a call from others, and a response's call.
type geminiCall struct{ name, id string }

// answers tells whether a response belongs to a call: by name, and by id where both have one.
func (r geminiCall) answers(c geminiCall) bool {
	return r.name == c.name && (r.id == c.id || r.id == "" || c.id == "")
}

// kinds is how many data a part has; the API wants one.
func (p *geminiPart) kinds() int {
	n := 0
	for _, is := range []bool{p.Text != nil, p.InlineData != nil, p.FileData != nil, p.FunctionCall != nil, p.FunctionResponse != nil, p.ExecutableCode != nil, p.CodeResult != nil} {
		if is {
			n++
		}
	}
	return n
}

// anySignature are what the API takes when a client has lost the signature: bytes, whose base64 may be written
// with the characters of either alphabet.
var anySignature = []string{"skip_thought_signature_validator", "skip/thought/signature/validator", "context_engineering_is_the_way_to_go"}

// checkSignature looks at part j, which may be one where a call needs a signature.
func (p *geminiPart) checkSignature(model, role string, needed bool, j int) error {
	f := p.FunctionCall
	signature := p.ThoughtSignature
	if slices.Contains(anySignature, signature) {
		return nil
	}
	if _, err := base64.StdEncoding.DecodeString(signature); err != nil {
		return refuse("", "Invalid value at 'contents.parts.thought_signature' (TYPE_BYTES), Base64 decoding failed for %q", signature)
	}
	if f == nil || !signs(model) || role != "model" {
		return nil
	}
	switch {
	case needed && signature == "":
		return refuse("", "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:%s` , position %d.", f.Name, j+1)
	case signature != "" && signature != geminiSignature(f.Name, f.Args):
		return refuse("", "Thought signature is not valid")
	}
	return nil
}
