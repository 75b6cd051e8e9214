package longmen

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

var (
	active   Plugin // the plugin that configure chose for this instance
	dropped  bool   // by the running event hook
	text     Text   // reused by every text call
	incoming []byte // what the host fills before a hook call
)

// finish turns a hook's end into its status: its error first, then the first edit that failed.
func finish(err error) int32 {
	switch {
	case err == errRejected:
	case err != nil:
		host.Fail(err.Error())
	case sticky.status < 0:
		host.Fail(sticky.operation + ": " + reason(sticky.status))
	default:
		return abi.OK
	}
	return abi.Failed
}

func begin() {
	sticky.status, dropped = 0, false
	forget()
}

func callConfigure(plugin int32) int32 {
	begin()
	if plugin < 0 || int(plugin) >= len(plugins) {
		host.Fail("configure: no plugin of that index")
		return abi.Failed
	}
	active = plugins[plugin]
	if active.Configure == nil {
		return abi.OK
	}
	return finish(active.Configure(Config()))
}

func callDocument(hook func(Value) error, document uint32) int32 {
	begin()
	if hook == nil {
		return abi.OK
	}
	return finish(hook(Value(document)))
}

func callEvent(document uint32) int32 {
	begin()
	if active.Event == nil {
		return abi.EventKeep
	}
	if s := finish(active.Event(Value(document))); s != abi.OK {
		return s
	}
	if dropped {
		return abi.EventDrop
	}
	return abi.EventKeep
}

func callText(message []byte) (reply []byte, ok bool) {
	begin()
	if active.Text == nil {
		return nil, true
	}
	text.decode(message)
	if finish(active.Text(&text)) != abi.OK {
		return nil, false
	}
	return text.encode(), true
}

func callBody(body []byte) (changed []byte, ok bool) {
	begin()
	if active.Body == nil {
		return nil, true
	}
	changed, err := active.Body(body)
	if finish(err) != abi.OK {
		return nil, false
	}
	return changed, true
}

// buffer grows the memory that the host fills.
func buffer(size uint32) []byte {
	if uint32(cap(incoming)) < size {
		incoming = nil // the old one may be collected before the new one is made
		incoming = make([]byte, max(4096, (uint64(size)+4095)&^4095))
	}
	return incoming
}
