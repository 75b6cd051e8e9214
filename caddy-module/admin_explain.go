package caddyllm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/caddyserver/caddy/v2"
)

// maxQuestion bounds the body of POST /llm_gateway/explain: the largest request that a gateway takes by default, in
// a text of JSON.
const maxQuestion = 128 << 20

// explainRequest tells what a request would meet.
func explainRequest(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		return caddy.APIError{HTTPStatus: http.StatusMethodNotAllowed, Err: fmt.Errorf("method not allowed, expected POST")}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err != nil {
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: err}
	}
	q, err := readQuestion(text)
	if err != nil {
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: err}
	}
	if place := r.URL.Query().Get("handler"); place != "" {
		q.Handler = place
	}
	e, err := app().explain(r.Context(), q)
	switch {
	case errors.Is(err, errReloaded):
		return caddy.APIError{HTTPStatus: http.StatusServiceUnavailable, Err: err}
	case err != nil:
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: err}
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(e)
}
