package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// end writes the receipt of an exchange, also of one that was refused, aborted or failed. It has counts, and names of the
// configuration; of the client's words only the model that was asked for, if nothing is found in it.
func end(record longmen.Value) error {
	var kept longmen.Value
	if state := longmen.State(); state.Exists() {
		kept = state.Get(receiptKey)
	}
	if kept.Get("silent").Bool() {
		return nil
	}
	out := longmen.NewObject()
	for _, name := range [...]string{"id", "time", "route", "dialect", "provider"} {
		if v := record.Get(name); v.Exists() {
			out.Set(name, v)
		}
	}
	if model := record.Get("upstream_model"); model.Exists() {
		if len(settings.scanner.Scan([]byte(model.String()))) == 0 {
			out.Set("model", model)
		} else {
			out.SetString("model", "withheld")
		}
	}
	if key := record.Pointer("/key/id"); key.Exists() {
		out.Set("key", key)
	}
	out.Set("outcome", record.Get("outcome"))
	out.Set("status", record.Get("status"))
	if kept.Get("stopped").Bool() {
		if code := record.Pointer("/error/code"); code.Exists() {
			out.Set("refused", code)
		}
	}
	out.SetInt("texts", kept.Get("texts").Int())
	out.Set("found", byDeed(kept.Get("found")))
	if settings.answers != modeOff {
		answer := longmen.NewObject()
		if of := kept.Get("answer"); of.Exists() {
			answer.Set(modeNames[settings.answers], of)
		}
		out.Set("answer", answer)
	}
	out.SetInt("restored", kept.Get("restored").Int())
	if of := kept.Get("unscanned"); of.Exists() {
		out.Set("unscanned", of)
	}
	if n := longmen.Attr("ner.unsearched"); n.Exists() {
		recogniser := longmen.NewObject()
		recogniser.Set("unsearched", n)
		out.Set("ner", recogniser)
	}
	out.Set("plugin", identity())
	out.SetString("detectors", settings.receipts.detectors)
	if policy := longmen.Attr(abi.AttrPluginPolicy); policy.Exists() {
		out.Set("policy", policy)
	}
	return longmen.Record(settings.receipts.sink, out)
}

// byDeed groups counts by what the configuration does with their types.
func byDeed(types longmen.Value) longmen.Value {
	out := longmen.NewObject()
	for v := types.First(); v.Exists(); v = v.Next() {
		t, ok := detect.ParseType(v.Key())
		if !ok {
			continue // not reachable: the counts are this plugin's
		}
		name := modeNames[settings.modes[t]]
		of := out.Get(name)
		if !of.Exists() {
			out.Set(name, longmen.NewObject())
			of = out.Get(name)
		}
		of.Set(t.String(), v)
	}
	return out
}

// identity says which plugin this is.
func identity() longmen.Value {
	out := longmen.NewObject()
	for _, a := range [...]struct{ member, attribute string }{{"name", abi.AttrPluginName}, {"module", abi.AttrPluginModule}} {
		if v := longmen.Attr(a.attribute); v.Exists() {
			out.Set(a.member, v)
		}
	}
	out.SetString("version", version)
	return out
}
