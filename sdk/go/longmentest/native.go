package longmentest

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// native is the Sandbox that is none: the plugin is linked into the test.
type native struct{}

// A plugin keeps what it configured in package variables, of which a process has one set. So one
// instance is loaded at a time, and configured anew when another one's turn comes.
var (
	running sync.Mutex
	loaded  *instance
)

// Manifest implements Sandbox.
func (native) Manifest() ([]byte, error) { return host.Guest.Manifest(), nil }

// instance is a plugin under one configuration.
type instance struct {
	index  int32
	config []byte
	skips  []string
	watch  [2]*string // by phase, nil for all text
}

// Start implements Sandbox.
func (native) Start(name string, index int, config []byte, e *Effects) (Instance, error) {
	n := &instance{index: int32(index), config: config}
	running.Lock()
	defer running.Unlock()
	if err := n.load(e); err != nil {
		return nil, err
	}
	return n, nil
}

// load makes n the configured instance.
func (n *instance) load(e *Effects) error {
	if loaded == n {
		return nil
	}
	loaded = nil
	e.skips, e.watch = nil, [2]*string{}
	c := &call{effects: e}
	c.parse(n.config)
	defer c.enter()()
	if host.Guest.Configure(n.index) != abi.OK {
		return c.failure()
	}
	n.skips, n.watch = e.Skipped(), e.watch
	loaded = n
	return nil
}

func (c *call) parse(config []byte) {
	c.config = new(document.Arena)
	root, err := c.config.Parse(config)
	if err != nil {
		panic("longmentest: the configuration was JSON before: " + err.Error())
	}
	c.configRoot = root
}

// Skips implements Instance.
func (n *instance) Skips(hook string) bool { return slices.Contains(n.skips, hook) }

// Close implements Instance.
func (n *instance) Close() {
	running.Lock()
	defer running.Unlock()
	if loaded == n {
		loaded = nil
	}
}

// Begin implements Instance.
func (n *instance) Begin(e *Effects) Calls { return &exchange{instance: n, effects: e} }

// exchange runs hooks natively and keeps the state between them.
type exchange struct {
	instance *instance
	effects  *Effects
	state    document.Arena
	root     document.Node // of state
}

// run lets f call one export with the plugin configured and the host in place.
func (x *exchange) run(c *call, f func() bool) error {
	running.Lock()
	defer running.Unlock()
	if err := x.instance.load(&Effects{x: x.effects.x, hook: abi.HookConfigure}); err != nil {
		return err
	}
	c.effects, c.exchange = x.effects, x
	c.parse(x.instance.config)
	defer c.enter()()
	if !f() {
		return c.failure()
	}
	return nil
}

// Document implements Calls.
func (x *exchange) Document(hook string, json []byte) ([]byte, error) {
	c := new(call)
	root, err := c.doc.Parse(slices.Clone(json))
	if err != nil {
		return nil, err
	}
	export := map[string]func(uint32) int32{
		abi.HookRequest: host.Guest.Request, abi.HookResponse: host.Guest.Response, abi.HookEnd: host.Guest.End,
	}[hook]
	if hook == abi.HookEnd {
		c.record = root
	}
	err = x.run(c, func() bool { return export(c.handle(&c.doc, root)) == abi.OK })
	return c.doc.AppendJSON(nil, root), err
}

// Event implements Calls.
func (x *exchange) Event(json []byte) (out []byte, drop bool, err error) {
	c := new(call)
	var root document.Node
	if json != nil {
		if root, err = c.doc.Parse(slices.Clone(json)); err != nil {
			return nil, false, err
		}
	}
	verdict := int32(0)
	err = x.run(c, func() bool {
		verdict = host.Guest.Event(c.handle(&c.doc, root))
		return verdict >= 0
	})
	if root != 0 {
		out = c.doc.AppendJSON(nil, root)
	}
	return out, verdict == abi.EventDrop, err
}

// Text implements Calls.
func (x *exchange) Text(phase uint8, segments []longmen.Segment) (reply Reply, err error) {
	message := pack(phase, segments)
	err = x.run(new(call), func() bool {
		if w := x.instance.watch[phase&1]; w != nil && !slices.ContainsFunc(segments, func(s longmen.Segment) bool { return bytes.ContainsAny(s.Text, *w) }) {
			return true
		}
		buf := host.Guest.Buffer(uint32(len(message)))[:len(message)]
		copy(buf, message)
		packed, ok := host.Guest.Text(buf)
		if ok {
			reply, err = unpack(packed)
		}
		return ok
	})
	return reply, err
}

// Body implements Calls.
func (x *exchange) Body(body []byte) (out []byte, changed bool, err error) {
	err = x.run(new(call), func() bool {
		buf := host.Guest.Buffer(uint32(len(body)))[:len(body)]
		copy(buf, body)
		packed, ok := host.Guest.Body(buf)
		out, changed = slices.Clone(packed), packed != nil
		return ok
	})
	return out, changed, err
}

// State implements Calls.
func (x *exchange) State() []byte {
	if x.root == 0 {
		return []byte("{}")
	}
	return x.state.AppendJSON(nil, x.root)
}

// call is the host of one hook call. Handles are indices into what this call gave out.
type call struct {
	effects    *Effects
	exchange   *exchange // nil in configure
	config     *document.Arena
	configRoot document.Node
	doc        document.Arena // the hook's document, and what the hook makes
	record     document.Node  // in doc, read-only, in the end hook
	handles    []value
	reason     string
	failed     bool
}

type value struct {
	arena *document.Arena
	node  document.Node
}

// enter makes c the current host; the function that it returns undoes that.
func (c *call) enter() func() {
	before := host.Current
	host.Current = c
	return func() { host.Current = before }
}

func (c *call) failure() error {
	if c.failed {
		return errors.New(c.reason)
	}
	return errFailed
}

func (c *call) handle(a *document.Arena, n document.Node) uint32 {
	if n == 0 {
		return 0
	}
	c.handles = append(c.handles, value{a, n})
	return uint32(len(c.handles))
}

// give is handle as a host function's result.
func (c *call) give(a *document.Arena, n document.Node) int32 {
	if len(c.handles) >= abi.MaxHandles {
		return abi.ErrLimit
	}
	return int32(c.handle(a, n))
}

// at finds what a handle stands for; the zero value for none.
func (c *call) at(h uint32) (*document.Arena, document.Node) {
	if h == 0 || int(h) > len(c.handles) {
		return &c.doc, 0
	}
	v := c.handles[h-1]
	return v.arena, v.node
}

// writable is at for edits: configuration and record are read-only.
func (c *call) writable(h uint32) (*document.Arena, document.Node, int32) {
	a, n := c.at(h)
	switch {
	case n == 0:
		return a, 0, abi.ErrHandle
	case a == c.config, c.record != 0 && a == &c.doc && c.within(n, c.record):
		return a, 0, abi.ErrDenied
	}
	return a, n, abi.OK
}

func (c *call) within(n, root document.Node) bool {
	for ; n != 0; n = c.doc.Parent(n) {
		if n == root {
			return true
		}
	}
	return false
}

// local gives a value in arena a: itself, or a copy when it lives elsewhere or may not be moved.
func (c *call) local(a *document.Arena, h uint32) (document.Node, int32) {
	from, n := c.at(h)
	if n == 0 {
		return 0, abi.ErrHandle
	}
	if _, _, denied := c.writable(h); from != a || denied < 0 {
		if n = a.CopyFrom(from, n); n == 0 {
			return 0, abi.ErrLimit
		}
	}
	return n, abi.OK
}
