package caddyllm

import (
	"strconv"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// countAttempts adds up who was asked.
func countAttempts(made []usage.Attempt) {
	for _, a := range made {
		attempts.WithLabelValues(a.Provider, strconv.Itoa(a.Status), a.Class.String()).Inc()
	}
}

// countDetours adds up what was done besides asking one candidate after the other. Who was slower may have to be paid, too, and has not said how much.
func countDetours(r *usage.Record) {
	for _, a := range r.Attempts {
		if a.Error == usage.Slower {
			unpriced.WithLabelValues(a.Provider).Inc()
		}
		if !a.Hedge {
			continue
		}
		result := "lost"
		if a.Class == failure.None && a.Error == "" {
			result = "won"
		}
		hedges.WithLabelValues(orOther(r.Route), result).Inc()
	}
	if r.Fallback != failure.None {
		fallbacks.WithLabelValues(orOther(r.Route), r.Fallback.String()).Inc()
	}
}
