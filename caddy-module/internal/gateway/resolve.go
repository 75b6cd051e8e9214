package gateway

import (
	"context"
	"net/http"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// resolve finds out which model is meant and which candidates of the route can be asked for it: a name
// may be an alias, and may begin with the name of one of the route's providers and a slash.
func (x *exchange) resolve(ctx context.Context, r *Route) ([]*attempt.Candidate, error) {
	if x.root == 0 && len(r.Candidates) > 1 && x.named.Service == dialect.Generate && x.named.Model == "" {
		if err := x.read(ctx); err != nil {
			return nil, err
		}
	}
	asked := x.record.Model
	real, alias := x.gateway.Aliases[asked]
	if x.model = asked; alias {
		x.model = real
	}
	prefix, name, ok := strings.Cut(x.model, "/")
	if !ok || name == "" {
		return r.Candidates, nil
	}
	var meant []*attempt.Candidate
	for _, c := range r.Candidates {
		if c.Provider.Name == prefix && (c.Model == "" || c.Model == name) {
			meant = append(meant, c)
		}
	}
	if len(meant) > 0 {
		x.model = name
		return meant, nil
	}
	if alias {
		return nil, &dialect.Error{
			Status: http.StatusNotFound, Type: dialect.TypeOf(http.StatusNotFound), Code: "model_not_found", Param: "model",
			Message: "model " + asked + " stands for " + real + ", which route " + r.Name + " does not lead to",
		}
	}
	return r.Candidates, nil
}

// framing is how the client wants a streamed answer to be framed.
func (x *exchange) framing() framing.Kind {
	switch {
	case x.named.Array:
		return framing.Array
	case x.dialect.Lines():
		return framing.Lines
	}
	return framing.SSE
}

// reframes tells whether a streamed answer has to be read even if nothing else asks for it, because the
// provider is asked for another framing than the client wants.
func (x *exchange) reframes() bool { return x.named.Array && x.record.Stream }
