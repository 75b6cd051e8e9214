package attempt

import (
	"context"
	"errors"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// A body of more than largeBody bytes is sent in pieces: stretches of largePiece bytes from where they
// stand.
const (
	largeBody  = 256 << 10
	largePiece = 64 << 10
)

// encode puts the request's body into the provider's dialect. Codecs are told the model by the provider's name, which says what
// it can do; the body has the name of the place where it goes. Nil is a body that is sent unread.
func encode(ctx context.Context, c *Candidate, in *Request, model, there string, answer *Answer) (*body, error) {
	if in.Root == 0 {
		if in.Bytes != nil {
			return lentBody(in.Memory, in.Bytes), nil
		}
		return nil, nil
	}
	a, root := in.Arena, in.Root
	x, way := in.Exchange, answer.Way
	mends := way.Mend != nil && x.Dialect.Foreign(in.Bytes)
	if len(way.Steps) > 0 || mends {
		x.SetVariable(abi.AttrUpstreamModel, model)
		x.SetVariable(abi.AttrUpstreamDialect, way.Dialect.Name)
		x.SetVariable(abi.AttrUpstreamQuirks, c.Provider.Quirks)
		root = a.Copy(root)
	}
	if in.counts(c, way) {
		answer.Counted = true
		root = a.Copy(root)
		if err := way.Dialect.AskUsage(a, root); err != nil {
			return nil, err
		}
	}
	switch {
	case len(way.Steps) > 0:
		for i := range way.Steps {
			codec, err := translate(ctx, x, &way.Steps[i], a, root)
			answer.Codecs = append(answer.Codecs, codec)
			if err != nil {
				if i > 0 {
					err = between(err, &way.Steps[i])
				}
				return nil, err
			}
		}
		if there != model {
			if err := way.Dialect.SetModel(a, root, there); err != nil {
				return nil, err
			}
		}
	case mends:
		codec, err := translate(ctx, x, way.Mend, a, root)
		codec.Close() // it has no part in the answer
		if err != nil {
			return nil, err
		}
		if err := x.Dialect.SetModel(a, root, there); err != nil {
			return nil, err
		}
	case there != in.Asked:
		root = a.Copy(root)
		if err := x.Dialect.SetModel(a, root, there); err != nil {
			return nil, err
		}
	case a.Intact(root, in.Bytes):
		return lentBody(in.Memory, in.Bytes), nil
	}
	if len(in.Bytes) > largeBody {
		return newBody(in.Memory, a.Spans(root, largePiece, make([]byte, 0, largePiece))...), nil
	}
	// What an attempt changes is small beside what it sends.
	return newBody(nil, a.AppendJSON(make([]byte, 0, len(in.Bytes)+len(in.Bytes)/4+512), root)), nil
}

// counts tells whether a stream has to be asked for its tokens in the client's place, because somebody pays for them. Codecs always ask.
func (in *Request) counts(c *Candidate, way *Way) bool {
	return in.Stream && len(way.Steps) == 0 && (in.Charged || c.Provider.Prices != nil) && !way.Dialect.UsageAsked(in.Arena, in.Root) &&
		!c.Provider.HasQuirk("no_stream_options")
}

// translate takes one step with a request. The codec is to be closed, also after an error.
func translate(ctx context.Context, x *pipeline.Exchange, s *Step, a *document.Arena, root document.Node) (*pipeline.Codec, error) {
	codec := x.Codec(s.Codec, s.Client, s.Provider)
	return codec, codec.Request(ctx, a, root)
}

// between tells a client what a later step refuses. The place is one in a document that the client has not
// written, so it is no param, and the message says which document is meant.
func between(err error, s *Step) error {
	var refused *pipeline.Rejection
	if !errors.As(err, &refused) || refused.Err.Param == "" {
		return err
	}
	e := *refused.Err
	e.Message, e.Param = e.Param+": "+e.Message+" (in the request as "+s.Client+")", ""
	return &pipeline.Rejection{Plugin: refused.Plugin, Err: &e}
}
