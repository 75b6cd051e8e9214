package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// searchSuffix at the end of a model's name asks for web searches.
const searchSuffix = ":search"

// search adds Google's search to the tools. Models before Gemini 3 do not combine it with functions.
func (r *request) search(p *parameters) error {
	options := p.search
	if !codec.Absent(options) {
		at := codec.Path{Name: "web_search_options"}
		if options.Kind() != longmen.KindObject {
			return codec.Invalid(&at, "expected an object")
		}
		for m := options.First(); m.Exists(); m = m.Next() {
			if name := codec.Key(m); string(name) != "search_context_size" { // a hint
				if err := r.unknown("web_search_options", name, m, &at); err != nil {
					return err
				}
			}
		}
		r.searching = true
	}
	if !r.searching {
		return nil
	}
	if r.functions > 0 && !r.to.jsonTool {
		r.searching = false
		return r.Warn("web_search_options", "this gemini model does not combine it with tools: nothing is searched")
	}
	tools := r.out.Get("tools")
	if !tools.Exists() {
		r.out.Set("tools", longmen.NewJSON(`[{"googleSearch":{}}]`))
		return nil
	}
	tools.Append(longmen.NewJSON(`{"googleSearch":{}}`))
	return nil
}
