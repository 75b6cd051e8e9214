package longmentest

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// Sandbox runs a plugin's code: natively, or built to wasm in the gateway's sandbox. Everything that
// crosses it is bytes of the ABI's vocabulary, so that an implementation needs nothing of this
// package but its types.
type Sandbox interface {
	// Manifest is the module's manifest, JSON.
	Manifest() ([]byte, error)
	// Start configures the plugin of that name and index in the manifest. The error is the plugin's.
	Start(name string, index int, config []byte, e *Effects) (Instance, error)
}

// Instance is a configured plugin.
type Instance interface {
	// Skips tells whether the plugin needs no such hook under this configuration.
	Skips(hook string) bool
	// Begin opens an exchange with an empty state. The effects of its hooks go to e.
	Begin(e *Effects) Calls
	// Close releases what the instance holds.
	Close()
}

// Meter is an Instance that counts the plugin's counters itself.
type Meter interface{ Metric(name string) float64 }

// Calls are the hook calls of one exchange. An error is the hook's failure, with the guest's message.
type Calls interface {
	// Document runs request, response or end on a JSON text and gives the text after it.
	Document(hook string, json []byte) ([]byte, error)
	// Event runs event; json is nil at the end of the stream.
	Event(json []byte) (out []byte, drop bool, err error)
	// Text runs text.
	Text(phase uint8, segments []longmen.Segment) (Reply, error)
	// Body runs body.
	Body(body []byte) (out []byte, changed bool, err error)
	// State is the JSON text of the exchange's state, "{}" when the plugin has none yet.
	State() []byte
}

var loader func(path string) (Sandbox, error)

// RegisterSandbox makes LONGMEN_WASM work: load reads the module that the variable names. It is called
// from init, by the gateway's package plugintest.
func RegisterSandbox(load func(path string) (Sandbox, error)) { loader = load }
