package dialect

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// AsksUsage tells whether streams of the dialect tell counts only to requests that ask for them.
func (d *Dialect) AsksUsage() bool { return len(d.asked) > 0 }

// UsageAsked tells whether a streamed answer to the request will tell its counts.
func (d *Dialect) UsageAsked(a *document.Arena, root document.Node) bool {
	if !d.AsksUsage() {
		return true
	}
	asked, _ := a.Bool(d.asked.find(a, root))
	return asked
}

// AskUsage has a streamed answer tell its counts.
func (d *Dialect) AskUsage(a *document.Arena, root document.Node) error {
	if !d.AsksUsage() {
		return nil
	}
	name := d.asked[0][0]
	options := a.Get(root, name)
	if a.Kind(options) != abi.KindObject {
		options = a.NewObject()
		if err := a.Set(root, name, options); err != nil {
			return err
		}
	}
	return a.Set(options, d.asked[1][0], a.NewBool(true))
}

// OnlyUsage tells whether an event is there for its counts alone, as one is that had to be asked for.
func (d *Dialect) OnlyUsage(a *document.Arena, root document.Node) bool {
	if d.desc.Usage.Alone == "" {
		return false
	}
	list := a.Get(root, d.desc.Usage.Alone)
	if a.Kind(list) != abi.KindArray || a.Len(list) > 0 {
		return false
	}
	var none Usage
	return d.Usage(a, root, &none)
}
