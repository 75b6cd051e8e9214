package clients

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"testing"

	"github.com/ollama/ollama/api"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"google.golang.org/genai"
)

// embedders are the SDKs' ways to embed texts in vectors of some length.
var embedders = []struct {
	name  string
	embed func(base string, texts []string, dimensions int) ([][]float64, error)
}{
	{"openai-go", func(base string, texts []string, dimensions int) ([][]float64, error) {
		c := newOpenAI(base, http.DefaultTransport)
		response, err := c.Embeddings.New(context.Background(), openai.EmbeddingNewParams{
			Model: "demo", Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts}, Dimensions: param.NewOpt(int64(dimensions)),
		})
		if err != nil {
			return nil, err
		}
		var all [][]float64
		for i, d := range response.Data {
			if d.Index != int64(i) {
				return nil, errors.New("the embeddings are not in their order")
			}
			all = append(all, d.Embedding)
		}
		return all, nil
	}},
	{"genai", func(base string, texts []string, dimensions int) ([][]float64, error) {
		var contents []*genai.Content
		for _, text := range texts {
			contents = append(contents, genai.NewContentFromText(text, genai.RoleUser))
		}
		length := int32(dimensions)
		response, err := newGenAI(base, http.DefaultTransport).Models.EmbedContent(context.Background(), "demo", contents, &genai.EmbedContentConfig{OutputDimensionality: &length})
		if err != nil {
			return nil, err
		}
		var all [][]float64
		for _, e := range response.Embeddings {
			v := make([]float64, len(e.Values))
			for i := range v {
				v[i] = float64(e.Values[i])
			}
			all = append(all, v)
		}
		return all, nil
	}},
	{"ollama api", func(base string, texts []string, dimensions int) ([][]float64, error) {
		response, err := newOllama(base, http.DefaultTransport).Embed(context.Background(), &api.EmbedRequest{Model: "demo", Input: texts, Dimensions: dimensions})
		if err != nil {
			return nil, err
		}
		all := make([][]float64, len(response.Embeddings))
		for i, e := range response.Embeddings {
			for _, v := range e {
				all[i] = append(all[i], float64(v))
			}
		}
		return all, nil
	}},
}

// TestEmbeddings: the demo's vectors depend on the text alone, so they are the same over all wire formats.
func TestEmbeddings(t *testing.T) {
	g := demos(t)
	texts := []string{"hello", "Grüße 你好", "hello"}
	want, err := embedders[0].embed(g.URL+"/openai.chat", texts, 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 3 || len(want[0]) != 5 || !slices.Equal(want[0], want[2]) || slices.Equal(want[0], want[1]) {
		t.Fatalf("embeddings = %v", want)
	}
	for _, e := range embedders {
		for _, upstream := range upstreams {
			t.Run(e.name+" to "+upstream, func(t *testing.T) {
				got, err := e.embed(g.URL+"/"+upstream, texts, 5)
				if upstream == "anthropic.messages" { // has no embeddings
					var o *openai.Error
					var g genai.APIError
					var a api.StatusError
					if !(errors.As(err, &o) && o.StatusCode == 404) && !(errors.As(err, &g) && g.Code == 404) && !(errors.As(err, &a) && a.StatusCode == 404) {
						t.Errorf("error = %v, want the SDK's 404", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if !slices.EqualFunc(got, want, func(a, b []float64) bool { return slices.EqualFunc(a, b, near) }) {
					t.Errorf("embeddings = %v, want %v", got, want)
				}
			})
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
