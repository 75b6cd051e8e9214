package clients

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/ollama/ollama/api"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"google.golang.org/genai"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

func newOpenAI(base string, transport http.RoundTripper) openai.Client {
	return openai.NewClient(option.WithBaseURL(base+"/v1"), option.WithAPIKey("client-key"), option.WithMaxRetries(0), option.WithHTTPClient(&http.Client{Transport: transport}))
}

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

// counters are the SDKs' ways to count the tokens of "hello there".
var counters = []struct {
	name  string
	count func(base string, transport http.RoundTripper) (int64, error)
}{
	{"anthropic-sdk-go", func(base string, transport http.RoundTripper) (int64, error) {
		c := newAnthropic(base, transport)
		n, err := c.Messages.CountTokens(context.Background(), anthropic.MessageCountTokensParams{Model: "demo", Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("hello there"))}})
		if err != nil {
			return 0, err
		}
		return n.InputTokens, nil
	}},
	{"genai", func(base string, transport http.RoundTripper) (int64, error) {
		n, err := newGenAI(base, transport).Models.CountTokens(context.Background(), "demo", genai.Text("hello there"), nil)
		if err != nil {
			return 0, err
		}
		return int64(n.TotalTokens), nil
	}},
}

// TestCount: providers that count are asked; for the others the gateway estimates and says so.
func TestCount(t *testing.T) {
	g := demos(t)
	for _, c := range counters {
		for _, upstream := range upstreams {
			t.Run(c.name+" to "+upstream, func(t *testing.T) {
				h := &headers{}
				n, err := c.count(g.URL+"/"+upstream, h)
				if err != nil {
					t.Fatal(err)
				}
				counts := upstream == "anthropic.messages" || upstream == "gemini.generate"
				if estimate := len(h.get("X-Gateway-Estimate")) > 0; estimate == counts {
					t.Errorf("estimated: %t, want %t", estimate, !counts)
				}
				if counts && n != 3 || n < 1 || n > 20 { // the demo counts four bytes as a token
					t.Errorf("%d tokens", n)
				}
			})
		}
	}
}

// listers are the SDKs' ways to list models, and to look at one.
var listers = []struct {
	name string
	list func(base string) ([]string, error)
	get  func(base, id string) (string, error)
}{
	{"openai-go",
		func(base string) (ids []string, err error) {
			c := newOpenAI(base, http.DefaultTransport)
			pages := c.Models.ListAutoPaging(context.Background())
			for pages.Next() {
				ids = append(ids, pages.Current().ID)
			}
			return ids, pages.Err()
		},
		func(base, id string) (string, error) {
			c := newOpenAI(base, http.DefaultTransport)
			m, err := c.Models.Get(context.Background(), id)
			if err != nil {
				return "", err
			}
			return m.ID, nil
		}},
	{"anthropic-sdk-go",
		func(base string) (ids []string, err error) {
			c := newAnthropic(base, http.DefaultTransport)
			pages := c.Models.ListAutoPaging(context.Background(), anthropic.ModelListParams{})
			for pages.Next() {
				ids = append(ids, pages.Current().ID)
			}
			return ids, pages.Err()
		},
		func(base, id string) (string, error) {
			c := newAnthropic(base, http.DefaultTransport)
			m, err := c.Models.Get(context.Background(), id, anthropic.ModelGetParams{})
			if err != nil {
				return "", err
			}
			return m.ID, nil
		}},
	{"genai",
		func(base string) (ids []string, err error) {
			for m, err := range newGenAI(base, http.DefaultTransport).Models.All(context.Background()) {
				if err != nil {
					return nil, err
				}
				ids = append(ids, m.Name)
			}
			return ids, nil
		},
		func(base, id string) (string, error) {
			m, err := newGenAI(base, http.DefaultTransport).Models.Get(context.Background(), id, nil)
			if err != nil {
				return "", err
			}
			return m.Name, nil
		}},
	{"ollama api",
		func(base string) (ids []string, err error) {
			all, err := newOllama(base, http.DefaultTransport).List(context.Background())
			if err != nil {
				return nil, err
			}
			for _, m := range all.Models {
				ids = append(ids, m.Name)
			}
			return ids, nil
		},
		nil}, // shows more of a model than a gateway knows
}

func TestModels(t *testing.T) {
	g := demos(t)
	for _, l := range listers {
		for _, upstream := range upstreams {
			t.Run(l.name+" to "+upstream, func(t *testing.T) {
				base := g.URL + "/" + upstream
				ids, err := l.list(base)
				if err != nil {
					t.Fatal(err)
				}
				i := slices.IndexFunc(ids, func(id string) bool {
					name := strings.TrimPrefix(id, "models/")
					return (l.name == "genai") == (name != id) && (name == "demo" || name == "demo:latest")
				})
				if i < 0 {
					t.Fatalf("models = %q, want demo among them", ids)
				}
				if l.get == nil {
					return
				}
				if got, err := l.get(base, ids[i]); err != nil || got != ids[i] {
					t.Errorf("model = %q, %v, want %s", got, err, ids[i])
				}
			})
		}
	}
}

// TestKeys: who has no key of the gateway's is told so in the SDK's own error.
func TestKeys(t *testing.T) {
	g := gateway.Start(t, "\t\tprovider demo", site("\t\tauth keys another-key\n\t\troute {\n\t\t\tto demo\n\t\t}"))
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			h := &headers{}
			_, err := c.dial(g.URL, h)(question{model: "demo", text: "hello"}).next(context.Background())
			got := c.fault(err)
			if got == nil || got.status != 401 || got.kind != c.kinds[401].kind {
				t.Errorf("error = %v, want the SDK's 401 %s", err, c.kinds[401].kind)
			}
		})
	}
}

// TestOwnKeys: each SDK's way to present a key is understood.
func TestOwnKeys(t *testing.T) {
	g := gateway.Start(t, "\t\tprovider demo", site("\t\tauth keys client-key\n\t\troute {\n\t\t\tto demo\n\t\t}"))
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.dial(g.URL, http.DefaultTransport)(question{model: "demo", text: "hello"}).next(context.Background())
			if err != nil || a.text != "You said: hello" {
				t.Errorf("got %q, %v", a.text, err)
			}
		})
	}
}
