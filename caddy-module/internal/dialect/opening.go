package dialect

import "github.com/longmen-gateway/longmen/sdk/document"

// Opens tells of an event of a streamed answer whether it only opens it: a stream that fails after nothing else
// can still be asked for elsewhere, and the client has missed nothing.
func (d *Dialect) Opens(a *document.Arena, root document.Node) bool {
	if d.opening.member != "" {
		return d.opening.passes(a, root)
	}
	if d.deltas == nil || a.Get(root, d.deltas[0][0]) == 0 || d.Finished(a, root) {
		return false
	}
	for _, p := range d.usageAt {
		if a.Len(p.find(a, root)) > 0 {
			return false
		}
	}
	empty := true
	d.deltas.each(a, root, func(delta document.Node) {
		for n := a.First(delta); n != 0; n = a.Next(n) {
			if a.Len(n) > 0 && !a.KeyIs(n, "role") {
				empty = false
			}
		}
	})
	return empty
}
