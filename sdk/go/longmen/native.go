//go:build !wasip1

package longmen

import "github.com/longmen-gateway/longmen/sdk/go/internal/host"

// In a native build the hooks are handed to package longmentest in place of exports.
func init() {
	host.Guest = host.Exports{
		Manifest:  manifest,
		Buffer:    buffer,
		Configure: callConfigure,
		Request:   func(document uint32) int32 { return callDocument(active.Request, document) },
		Response:  func(document uint32) int32 { return callDocument(active.Response, document) },
		Event:     callEvent,
		Text:      callText,
		Body:      callBody,
		End:       func(record uint32) int32 { return callDocument(active.End, record) },
	}
}
