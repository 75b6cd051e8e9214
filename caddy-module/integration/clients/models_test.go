package clients

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
)

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
