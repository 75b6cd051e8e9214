package caddyllm

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// placeholders are the names below http.llm_gateway, documented at Handler.
var placeholders = map[string]func(*usage.Record) any{
	"id":                func(r *usage.Record) any { return r.ID },
	"route":             func(r *usage.Record) any { return r.Route },
	"provider":          func(r *usage.Record) any { return r.Provider },
	"model":             func(r *usage.Record) any { return r.Model },
	"upstream_model":    func(r *usage.Record) any { return r.UpstreamModel },
	"dialect":           func(r *usage.Record) any { return r.Dialect },
	"stream":            func(r *usage.Record) any { return r.Stream },
	"prompt_tokens":     func(r *usage.Record) any { return r.Tokens.Prompt },
	"completion_tokens": func(r *usage.Record) any { return r.Tokens.Completion },
	"cost_usd":          func(r *usage.Record) any { return cost(r) },
	"outcome":           func(r *usage.Record) any { return string(r.Outcome) },
	"key_id":            func(r *usage.Record) any { return r.KeyID },
	"key_name":          func(r *usage.Record) any { return r.KeyName },
}

const placeholderPrefix = "http." + appName + "."

// setPlaceholders makes the account of an exchange readable for access logs and handlers around this one.
func setPlaceholders(r *http.Request, record *usage.Record) {
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return
	}
	// A copy: the exchange is over when the placeholders are read.
	account := *record
	repl.Map(func(key string) (any, bool) {
		if len(key) <= len(placeholderPrefix) || key[:len(placeholderPrefix)] != placeholderPrefix {
			return nil, false
		}
		read := placeholders[key[len(placeholderPrefix):]]
		if read == nil {
			return nil, false
		}
		return read(&account), true
	})
}
