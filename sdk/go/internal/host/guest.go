//go:build !wasip1

package host

// Exports are the guest's exports as Go functions; package longmen fills them in when it is linked
// natively, package longmentest calls them. Spans become byte slices: nil is the span 0, ok false a
// negative one.
type Exports struct {
	Manifest  func() []byte
	Buffer    func(size uint32) []byte
	Configure func(plugin int32) int32
	Request   func(document uint32) int32
	Response  func(document uint32) int32
	Event     func(document uint32) int32
	Text      func(message []byte) (reply []byte, ok bool)
	Body      func(body []byte) (changed []byte, ok bool)
	End       func(record uint32) int32
}

// Guest is the plugin code linked into this process.
var Guest Exports
