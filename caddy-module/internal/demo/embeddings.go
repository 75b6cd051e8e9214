package demo

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"math"
	"net/http"
)

// vector is a text's embedding: the same for the same text, in numbers that are exact in any precision.
func vector(text string, dimensions int) []float32 {
	if dimensions <= 0 {
		dimensions = 8
	}
	out := make([]float32, dimensions)
	h := fnv.New32a()
	h.Write([]byte(text))
	for i := range out {
		h.Write([]byte{byte(i)})
		out[i] = float32(int(h.Sum32()%129)-64) / 64
	}
	return out
}

// embeddings answers https://platform.openai.com/docs/api-reference/embeddings/create
func (s *Server) embeddings(w http.ResponseWriter, _ *http.Request, body []byte) {
	var q struct {
		Model      string          `json:"model"`
		Input      json.RawMessage `json:"input"`
		Encoding   string          `json:"encoding_format"`
		Dimensions *int            `json:"dimensions"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		openAIError(w, refuse("", "the body is no embeddings request: %v", err))
		return
	}
	if status := failure(q.Model); status != 0 {
		openAIError(w, &fault{status: status, message: "the model " + q.Model + " always refuses"})
		return
	}
	if path := named("model input encoding_format dimensions user").unknown(body); path != nil {
		openAIError(w, refuse(dotted(path), "Unrecognized request argument supplied: %s", path[0]))
		return
	}
	texts, chars, err := embedded(q.Input)
	switch {
	case err != nil:
	case q.Encoding != "" && q.Encoding != "float" && q.Encoding != "base64":
		err = refuse("encoding_format", "Invalid value: '%s'. Supported values are: 'float' and 'base64'.", q.Encoding)
	case q.Dimensions != nil && *q.Dimensions < 1:
		err = refuse("dimensions", "Invalid 'dimensions': integer below minimum value.")
	}
	if err != nil {
		openAIError(w, err)
		return
	}
	data := []any{}
	for i, text := range texts {
		v := vector(text, orZero(q.Dimensions))
		var embedding any = v
		if q.Encoding == "base64" {
			var b []byte
			for _, f := range v {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
			}
			embedding = base64.StdEncoding.EncodeToString(b)
		}
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": embedding})
	}
	tokens := (chars + 3) / 4
	reply(w, http.StatusOK, map[string]any{"object": "list", "data": data, "model": q.Model, "usage": map[string]any{"prompt_tokens": tokens, "total_tokens": tokens}})
}

// embedded reads an input: a text, texts, the tokens of a text, or those of several.
func embedded(input json.RawMessage) (texts []string, chars int, err error) {
	var one string
	var tokens []int
	var lists []json.RawMessage
	switch {
	case string(input) == "null" || len(input) == 0:
		return nil, 0, refuse("input", "you must provide an input parameter")
	case json.Unmarshal(input, &one) == nil:
		lists = []json.RawMessage{input}
	case json.Unmarshal(input, &tokens) == nil && len(tokens) > 0:
		lists = []json.RawMessage{input}
	case json.Unmarshal(input, &lists) != nil || len(lists) == 0 || len(lists) > 2048:
		return nil, 0, refuse("input", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
	}
	for _, e := range lists {
		text := string(e)
		if json.Unmarshal(e, &tokens) == nil {
			chars += 4 * len(tokens)
		} else if json.Unmarshal(e, &text) != nil || text == "" {
			return nil, 0, refuse("input", "'$.input' is invalid: input cannot be an empty string.")
		} else {
			chars += len(text)
		}
		texts = append(texts, text)
	}
	return texts, chars, nil
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
