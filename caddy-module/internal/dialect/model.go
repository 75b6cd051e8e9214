package dialect

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Model is one entry of a list of models.
type Model struct {
	ID      string
	Name    string // for people; "" is the ID
	Owner   string
	Created int64 // seconds since 1970, 0 when unknown
	Context int   // tokens of prompt and answer together, 0 when unknown
	Output  int   // tokens of an answer, 0 when unknown
}

// ModelList tells how a dialect lists models.
type ModelList struct {
	Path string `json:"path"` // of a provider, with its query; "" when the dialect has no list

	// In a provider's list. Paths are below an entry, but for At and Next.
	At      string `json:"at"`
	ID      string `json:"id"`
	Prefix  string `json:"prefix,omitempty"` // of IDs, which is left out
	Owner   string `json:"owner,omitempty"`
	Created string `json:"created,omitempty"` // seconds, or RFC 3339
	Context string `json:"context,omitempty"`
	Output  string `json:"output,omitempty"`
	Next    string `json:"next,omitempty"`  // what asks for the next page, absent or empty on the last one
	Query   string `json:"query,omitempty"` // parameter that carries it

	// For clients: $models, the entries; $first and $last, their IDs.
	List string `json:"list"`
	// For clients: $id, $name, $owner, $created in seconds, $time in RFC 3339, $context and $output, 0 when
	// unknown.
	Item string `json:"item"`
}

// ListsModels tells whether providers of this dialect can be asked for their models.
func (d *Dialect) ListsModels() bool { return d.desc.Models.Path != "" }

// ModelsPath is the path, below a provider's base URL, and the query of a page of its models; next is what
// ReadModels returned with the page before, "" for the first one.
func (d *Dialect) ModelsPath(next string) (path, query string) {
	path, query, _ = strings.Cut(d.desc.Models.Path, "?")
	if next != "" {
		if query != "" {
			query += "&"
		}
		query += d.desc.Models.Query + "=" + url.QueryEscape(next)
	}
	return path, query
}

// ReadModels reads a page of a provider's models; false when it is none.
func (d *Dialect) ReadModels(body []byte) (models []Model, next string, ok bool) {
	m := &d.desc.Models
	var a document.Arena
	root, err := a.Parse(body)
	if err != nil {
		return nil, "", false
	}
	list := a.Get(root, m.At)
	if a.Kind(list) != abi.KindArray {
		return nil, "", false
	}
	text := func(n document.Node, member string) string {
		if member == "" {
			return ""
		}
		return a.String(a.Get(n, member))
	}
	number := func(n document.Node, member string) int64 {
		if member == "" {
			return 0
		}
		v := a.Get(n, member)
		if i, ok := a.Int(v); ok && i > 0 {
			return i
		}
		if t, err := time.Parse(time.RFC3339, a.String(v)); err == nil && t.Unix() > 0 {
			return t.Unix()
		}
		return 0
	}
	for n := a.First(list); n != 0; n = a.Next(n) {
		id := strings.TrimPrefix(text(n, m.ID), m.Prefix)
		if id == "" {
			continue
		}
		models = append(models, Model{
			ID: id, Owner: text(n, m.Owner), Created: number(n, m.Created),
			Context: int(number(n, m.Context)), Output: int(number(n, m.Output)),
		})
	}
	return models, text(root, m.Next), true
}

// RenderModels is a list for a client.
func (d *Dialect) RenderModels(models []Model) []byte {
	var items []string
	for i := range models {
		items = append(items, d.renderModel(&models[i]))
	}
	first, last := "null", "null"
	if n := len(models); n > 0 {
		first, last = quoted(models[0].ID), quoted(models[n-1].ID)
	}
	return []byte(strings.NewReplacer("$models", strings.Join(items, ","), "$first", first, "$last", last).Replace(d.desc.Models.List))
}

// RenderModel is one model for a client.
func (d *Dialect) RenderModel(m *Model) []byte { return []byte(d.renderModel(m)) }

func (d *Dialect) renderModel(m *Model) string {
	name := m.Name
	if name == "" {
		name = m.ID
	}
	return strings.NewReplacer(
		"$id", quoted(d.desc.Models.Prefix+m.ID), "$name", quoted(name), "$owner", quoted(m.Owner),
		"$created", strconv.FormatInt(m.Created, 10), "$time", quoted(time.Unix(m.Created, 0).UTC().Format(time.RFC3339)),
		"$context", strconv.Itoa(m.Context), "$output", strconv.Itoa(m.Output),
	).Replace(d.desc.Models.Item)
}

func quoted(s string) string { return string(document.AppendQuoted(nil, s)) }
