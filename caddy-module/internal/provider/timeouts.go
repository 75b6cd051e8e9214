package provider

import (
	"cmp"
	"time"
)

// Timeouts bound how long a provider may take. Zero fields mean the defaults.
type Timeouts struct {
	// Connect bounds the making of a connection, and once more its TLS handshake. Default: 5s.
	Connect time.Duration
	// FirstToken bounds the time from a request to the first event of a streamed answer. Default: 15m.
	FirstToken time.Duration
	// BetweenTokens bounds the silence between two events of a stream. Default: 15m.
	BetweenTokens time.Duration
	// Stream bounds a streamed answer as a whole. Default: 2h.
	Stream time.Duration
	// Answer bounds an answer that is not streamed, from the request to its last byte. Default: 20m.
	Answer time.Duration
}

// Default values of Timeouts: models may think for minutes before they answer.
const (
	defaultConnect       = 5 * time.Second
	defaultFirstToken    = 15 * time.Minute
	defaultBetweenTokens = 15 * time.Minute
	defaultStream        = 2 * time.Hour
	defaultAnswer        = 20 * time.Minute
)

// Complete is t with defaults in place of zeros.
func (t Timeouts) Complete() Timeouts {
	return Timeouts{
		Connect:       cmp.Or(t.Connect, defaultConnect),
		FirstToken:    cmp.Or(t.FirstToken, defaultFirstToken),
		BetweenTokens: cmp.Or(t.BetweenTokens, defaultBetweenTokens),
		Stream:        cmp.Or(t.Stream, defaultStream),
		Answer:        cmp.Or(t.Answer, defaultAnswer),
	}
}
