package togemini

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// config is this instance's configuration.
var config struct {
	thoughts toggle // include_thoughts
	ids      toggle // function_call_ids
	pass     bool   // on_malformed

	normalize bool // normalize_embeddings
}

// toggle is a switch that may follow the request or the model.
type toggle uint8

const (
	auto toggle = iota
	always
	never
)

// Configure reads the plugin's configuration.
func Configure(c longmen.Value) error {
	config.thoughts = readToggle(c.Get("include_thoughts"))
	config.ids = readToggle(c.Get("function_call_ids"))
	config.pass = c.Get("on_malformed").Is("pass")
	config.normalize = c.Get("normalize_embeddings").Bool()
	clear(memo)
	return nil
}

func readToggle(v longmen.Value) toggle {
	switch {
	case v.Is("always"):
		return always
	case v.Is("never"):
		return never
	}
	return auto
}
