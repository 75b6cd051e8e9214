package attempt

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Way is how requests of one client dialect reach a provider.
type Way struct {
	Dialect *dialect.Dialect // that the provider is spoken to in
	Steps   []Step           // none when it is the client's
	// Mend is the codec of the dialect with itself, nil if there is none: it takes out of a request what another
	// provider's answers, translated, have left in the client's history.
	Mend *Step
}

// mute is a step whose codec translates no streams, nil if there is none.
func (w *Way) mute() *Step {
	for i := range w.Steps {
		if w.Steps[i].Codec.Has&pipeline.HasEvent == 0 {
			return &w.Steps[i]
		}
	}
	return nil
}

// Step is one codec on the way.
type Step struct {
	Codec            *pipeline.Plugin
	Client, Provider string // the pair of dialects that it translates
}

// Codecs are the codec plugins by the pair of dialects that they translate.
type Codecs map[plugin.Codec]*pipeline.Plugin

// Hub is the dialect in the middle of ways of two steps, where there is a choice.
const Hub = "openai.chat"

// Ways are the ways to a provider by the client's dialect. A dialect whose clients cannot reach it is not
// there.
func (t Codecs) Ways(p *provider.Provider) map[string]*Way {
	ways := make(map[string]*Way)
	for _, d := range dialect.All() {
		if w := t.way(d, p); w != nil {
			ways[d.Name] = w
		}
	}
	return ways
}

// way finds how clients of a dialect reach a provider: as they are, else by the fewest codecs, two at most.
// Of several ways the one to the provider's earlier dialect counts, then the one through the hub. Nil is
// none.
func (t Codecs) way(client *dialect.Dialect, p *provider.Provider) *Way {
	if p.Speaks(client) {
		w := &Way{Dialect: client}
		if s, ok := t.step(client.Name, client.Name); ok {
			w.Mend = &s
		}
		return w
	}
	for _, d := range p.Dialects {
		if s, ok := t.step(client.Name, d.Name); ok {
			return &Way{Dialect: d, Steps: []Step{s}}
		}
	}
	between := []string{Hub}
	for _, d := range dialect.All() {
		if d.Name != Hub {
			between = append(between, d.Name)
		}
	}
	for _, d := range p.Dialects {
		for _, middle := range between {
			first, ok := t.step(client.Name, middle)
			if !ok {
				continue
			}
			if second, ok := t.step(middle, d.Name); ok && second.Codec.Name != first.Codec.Name {
				return &Way{Dialect: d, Steps: []Step{first, second}}
			}
		}
	}
	return nil
}

func (t Codecs) step(client, provider string) (Step, bool) {
	c := t[plugin.Codec{Client: client, Provider: provider}]
	return Step{Codec: c, Client: client, Provider: provider}, c != nil
}
