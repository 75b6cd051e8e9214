package demo

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// models are those that the demo tells of; it answers under any name.
var models = []string{"demo", "demo-embed", "demo-think", "gemini-3-demo"}

// list answers what is asked with GET: the models, in the dialect of the path or, where dialects share
// one, of the headers.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasSuffix(path, "/api/tags"):
		ollamaModels(w)
		return
	case strings.HasSuffix(path, "/api/version"):
		reply(w, http.StatusOK, map[string]any{"version": "0.0.0-demo"})
		return
	}
	i := strings.LastIndex(path, "/models")
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	name := strings.TrimPrefix(path[i+len("/models"):], "/")
	known := name == "" || slices.Contains(models, name)
	header := r.Header
	switch {
	case strings.HasPrefix(path, "/v1beta") || header.Get("X-Goog-Api-Key") != "" || r.URL.Query().Has("key"):
		geminiModels(w, r, name, known)
	case header.Get("Anthropic-Version") != "":
		anthropicModels(w, r, name, known)
	default:
		openAIModels(w, name, known)
	}
}

func openAIModels(w http.ResponseWriter, name string, known bool) {
	model := func(id string) any {
		return map[string]any{"id": id, "object": "model", "created": openAITime, "owned_by": "longmen"}
	}
	switch {
	case !known:
		openAIError(w, &fault{status: http.StatusNotFound, message: "The model '" + name + "' does not exist", param: "model", code: "model_not_found"})
	case name != "":
		reply(w, http.StatusOK, model(name))
	default:
		reply(w, http.StatusOK, map[string]any{"object": "list", "data": each(models, model)})
	}
}

// anthropicModels answers https://platform.claude.com/docs/en/api/models-list, a page at a time.
func anthropicModels(w http.ResponseWriter, r *http.Request, name string, known bool) {
	model := func(id string) any {
		return map[string]any{"type": "model", "id": id, "display_name": id, "created_at": ollamaTime}
	}
	switch {
	case !known:
		anthropicError(w, &fault{status: http.StatusNotFound, message: "model: " + name})
		return
	case name != "":
		reply(w, http.StatusOK, model(name))
		return
	}
	from := slices.Index(models, r.URL.Query().Get("after_id")) + 1
	page, more := page(models, from, r.URL.Query().Get("limit"), 20)
	first, last := "", ""
	if len(page) > 0 {
		first, last = page[0], page[len(page)-1]
	}
	reply(w, http.StatusOK, map[string]any{"data": each(page, model), "has_more": more, "first_id": orNull(first), "last_id": orNull(last)})
}

// geminiModels answers https://ai.google.dev/api/models, a page at a time. The token of a page is the
// number of its first model.
func geminiModels(w http.ResponseWriter, r *http.Request, name string, known bool) {
	model := func(id string) any {
		actions := []string{"generateContent", "countTokens"}
		if strings.Contains(id, "embed") {
			actions = []string{"embedContent", "countTokens"}
		}
		return map[string]any{
			"name": "models/" + id, "version": "001", "displayName": id, "description": "deterministic, offline",
			"inputTokenLimit": 1048576, "outputTokenLimit": 65536, "supportedGenerationMethods": actions,
		}
	}
	switch {
	case !known:
		geminiError(w, &fault{status: http.StatusNotFound, message: "models/" + name + " is not found for API version v1beta"})
		return
	case name != "":
		reply(w, http.StatusOK, model(name))
		return
	}
	token := r.URL.Query().Get("pageToken")
	from, err := strconv.Atoi(token)
	if token != "" && (err != nil || from < 0 || from > len(models)) {
		geminiError(w, refuse("", "* ListModelsRequest.page_token: invalid"))
		return
	}
	page, more := page(models, from, r.URL.Query().Get("pageSize"), 50)
	v := map[string]any{"models": each(page, model)}
	if more {
		v["nextPageToken"] = strconv.Itoa(from + len(page))
	}
	reply(w, http.StatusOK, v)
}

// ollamaModels answers /api/tags.
func ollamaModels(w http.ResponseWriter) {
	reply(w, http.StatusOK, map[string]any{"models": each(models, func(id string) any {
		return map[string]any{
			"name": id + ":latest", "model": id + ":latest", "modified_at": ollamaTime, "size": 1, "digest": strings.Repeat("0", 64),
			"details": map[string]any{"parent_model": "", "format": "gguf", "family": "demo", "families": []string{"demo"}, "parameter_size": "0B", "quantization_level": "F32"},
		}
	})})
}

// page is the part of all from an index on that a limit allows, and whether there is more.
func page(all []string, from int, limit string, usual int) ([]string, bool) {
	size, err := strconv.Atoi(limit)
	if err != nil || size <= 0 {
		size = usual
	}
	rest := all[min(from, len(all)):]
	return rest[:min(size, len(rest))], size < len(rest)
}

func each(names []string, f func(string) any) []any {
	all := []any{}
	for _, name := range names {
		all = append(all, f(name))
	}
	return all
}
