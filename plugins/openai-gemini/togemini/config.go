package togemini

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// config is this instance's configuration.
var config struct {
	thoughts  toggle           // include_thoughts
	ids       toggle           // function_call_ids
	pass      bool             // on_malformed
	carrier   carrier          // signature_carrier
	ttl       longmen.Duration // signature_ttl
	reject    bool             // remote_images
	safety    string           // safety_settings, JSON; "" for none
	normalize bool             // normalize_embeddings
}

// toggle is a switch that may follow the request or the model.
type toggle uint8

const (
	auto toggle = iota
	always
	never
)

// carrier is where clients of chat completions keep Gemini's signatures.
type carrier uint8

const (
	inExtraContent carrier = iota
	inID
	inStore
)

// Configure reads the plugin's configuration.
func Configure(c longmen.Value) error {
	config.thoughts = readToggle(c.Get("include_thoughts"))
	config.ids = readToggle(c.Get("function_call_ids"))
	config.pass = c.Get("on_malformed").Is("pass")
	config.reject = c.Get("remote_images").Is("reject")
	config.normalize = c.Get("normalize_embeddings").Bool()
	switch carrier := c.Get("signature_carrier"); {
	case carrier.Is("id"):
		config.carrier = inID
	case carrier.Is("store"):
		config.carrier = inStore
	default:
		config.carrier = inExtraContent
	}
	config.ttl = 24 * longmen.Hour
	if v := c.Get("signature_ttl"); v.Exists() {
		var ok bool
		if config.ttl, ok = duration(codec.Word(v)); !ok {
			return errors.New("signature_ttl: expected a number and s, m, h or d, such as 24h")
		}
	}
	config.safety = ""
	if v := c.Get("safety_settings"); v.First().Exists() {
		config.safety = v.JSON()
	}
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

// duration reads a number and its unit.
func duration(b []byte) (longmen.Duration, bool) {
	n, i := longmen.Duration(0), 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9' && n < 1<<32; i++ {
		n = n*10 + longmen.Duration(b[i]-'0')
	}
	if i == 0 || i != len(b)-1 || n == 0 {
		return 0, false
	}
	switch b[i] {
	case 's':
		return n * longmen.Second, true
	case 'm':
		return n * longmen.Minute, true
	case 'h':
		return n * longmen.Hour, true
	case 'd':
		return n * 24 * longmen.Hour, true
	}
	return 0, false
}
