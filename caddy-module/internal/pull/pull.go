// Package pull has servers that keep their models themselves, as Ollama does, download those that a configuration needs.
package pull

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Call asks a server, at a path below its base URL.
type Call func(ctx context.Context, method, path string, body []byte) (*http.Response, error)

// Bounds of what a server may say.
const (
	maxList   = 4 << 20 // bytes of a list of models
	maxLine   = 64 << 10
	maxLayers = 1024 // files of a model of which the progress is added up
)

// Progress is how far a download is, in bytes; 0 as long as that is not known.
type Progress struct{ Completed, Total int64 }

// Has tells whether a server has a model already: GET /api/tags
// (https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models).
func Has(ctx context.Context, call Call, model string) (bool, error) {
	resp, err := call(ctx, http.MethodGet, "/api/tags", nil)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxList))
	if err != nil {
		return false, err
	}
	if resp.StatusCode != http.StatusOK {
		return false, refused(resp.StatusCode, body)
	}
	var list struct {
		Models []struct {
			Name string `json:"name"`
		} `json:"models"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return false, fmt.Errorf("list of models: %w", err)
	}
	for _, m := range list.Models {
		if tagged(m.Name) == tagged(model) {
			return true, nil
		}
	}
	return false, nil
}

// tagged is a model's name with its tag, latest where it has none.
func tagged(model string) string {
	if strings.Contains(model[strings.LastIndexByte(model, '/')+1:], ":") {
		return model
	}
	return model + ":latest"
}

// Download has a server download a model, and returns when it has it: POST /api/pull
// (https://github.com/ollama/ollama/blob/main/docs/api.md#pull-a-model). One that was broken off goes on where it was. told hears of
// every step.
func Download(ctx context.Context, call Call, model string, told func(Progress)) error {
	body, err := json.Marshal(map[string]any{"model": model, "stream": true})
	if err != nil {
		return err
	}
	resp, err := call(ctx, http.MethodPost, "/api/pull", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, maxLine))
		return refused(resp.StatusCode, said)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxLine)
	layers := make(map[string]Progress)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var step struct {
			Status, Error, Digest string
			Total, Completed      int64
		}
		if err := json.Unmarshal(lines.Bytes(), &step); err != nil {
			return fmt.Errorf("step of a download: %w", err)
		}
		switch {
		case step.Error != "":
			return errors.New(short(step.Error))
		case step.Status == "success":
			return nil
		}
		if _, known := layers[step.Digest]; step.Digest != "" && (known || len(layers) < maxLayers) {
			layers[step.Digest] = Progress{step.Completed, step.Total}
		}
		var sum Progress
		for _, l := range layers {
			sum.Completed += l.Completed
			sum.Total += l.Total
		}
		told(sum)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errors.New("the server ended the download without success")
}

func refused(status int, body []byte) error {
	var said struct{ Error string }
	if json.Unmarshal(body, &said) != nil || said.Error == "" {
		return fmt.Errorf("status %d", status)
	}
	return fmt.Errorf("status %d: %s", status, short(said.Error))
}

// short is as much of a server's words as the log needs.
func short(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
