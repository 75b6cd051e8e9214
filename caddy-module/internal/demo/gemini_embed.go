package demo

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// geminiEmbedRequest is a request of https://ai.google.dev/api/embeddings
type geminiEmbedRequest struct {
	Model      string         `json:"model"`
	Content    *geminiContent `json:"content"`
	Dimensions int            `json:"outputDimensionality"`
}

var geminiEmbedShape = named("model taskType title outputDimensionality autoTruncate").with(shape{"content": geminiContentShape})

func geminiEmbed(w http.ResponseWriter, model string, body []byte) {
	var q geminiEmbedRequest
	if path := geminiEmbedShape.unknown(body); path != nil {
		geminiError(w, geminiUnknown(path))
		return
	}
	if err := json.Unmarshal(body, &q); err != nil {
		geminiError(w, refuse("", "Invalid value: %v", err))
		return
	}
	v, err := q.embedding("EmbedContentRequest", "")
	if err != nil {
		geminiError(w, err)
		return
	}
	reply(w, http.StatusOK, map[string]any{"embedding": v})
}

func geminiEmbedBatch(w http.ResponseWriter, model string, body []byte) {
	var q struct {
		Requests []geminiEmbedRequest `json:"requests"`
	}
	if path := (shape{"requests": geminiEmbedShape}).unknown(body); path != nil {
		geminiError(w, geminiUnknown(path))
		return
	}
	if err := json.Unmarshal(body, &q); err != nil {
		geminiError(w, refuse("", "Invalid value: %v", err))
		return
	}
	switch n := len(q.Requests); {
	case n == 0:
		geminiError(w, refuse("", "* BatchEmbedContentsRequest.requests: requests is not specified"))
		return
	case n > 100:
		geminiError(w, refuse("", "* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch"))
		return
	}
	all := []any{}
	for i, e := range q.Requests {
		at := "requests[" + strconv.Itoa(i) + "]."
		if e.Model != "models/"+model {
			geminiError(w, refuse("", "* BatchEmbedContentsRequest.%smodel: unexpected model name format, or not the model of the path", at))
			return
		}
		v, err := e.embedding("BatchEmbedContentsRequest", at)
		if err != nil {
			geminiError(w, err)
			return
		}
		all = append(all, v)
	}
	reply(w, http.StatusOK, map[string]any{"embeddings": all})
}

func (q *geminiEmbedRequest) embedding(request, at string) (any, error) {
	text := ""
	if q.Content != nil {
		for _, p := range q.Content.Parts {
			if p.Text != nil {
				text += *p.Text
			}
		}
	}
	if text == "" {
		return nil, refuse("", "* %s.%scontent: contents is not specified", request, at)
	}
	return map[string]any{"values": vector(text, q.Dimensions)}, nil
}

// geminiCount answers https://ai.google.dev/api/tokens for contents, or for a whole request.
func geminiCount(w http.ResponseWriter, model string, body []byte) {
	var q struct {
		Contents json.RawMessage `json:"contents"`
		Request  json.RawMessage `json:"generateContentRequest"`
	}
	if path := (shape{"contents": geminiContentShape, "generateContentRequest": geminiShape}).unknown(body); path != nil {
		geminiError(w, geminiUnknown(path))
		return
	}
	json.Unmarshal(body, &q)
	switch {
	case q.Contents != nil && q.Request != nil:
		geminiError(w, refuse("", "* CountTokensRequest: only one of contents and generate_content_request may be set"))
		return
	case q.Request != nil:
		var of struct {
			Model string `json:"model"`
		}
		if json.Unmarshal(q.Request, &of); of.Model != "models/"+model {
			geminiError(w, refuse("", "* CountTokensRequest.generate_content_request.model: unexpected model name format, or not the model of the path"))
			return
		}
		body = q.Request
	}
	_, a, err := readGemini(model, body)
	if err != nil {
		geminiError(w, err)
		return
	}
	tokens := a.answer().Prompt
	reply(w, http.StatusOK, map[string]any{"totalTokens": tokens, "promptTokensDetails": []any{map[string]any{"modality": "TEXT", "tokenCount": tokens}}})
}
