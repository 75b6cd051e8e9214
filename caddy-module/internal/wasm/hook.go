package wasm

import "github.com/longmen-gateway/longmen/sdk/abi"

// hook numbers what a guest is entered for.
type hook uint8

const (
	hookStart hook = iota // instantiation: start function and _initialize
	hookManifest
	hookConfigure
	hookRequest
	hookResponse
	hookEvent
	hookText
	hookBody
	hookEnd
	hookCount
)

// hookNames as manifests and errors spell them.
var hookNames = [hookCount]string{
	"start", "manifest", abi.HookConfigure, abi.HookRequest, abi.HookResponse, abi.HookEvent, abi.HookText, abi.HookBody, abi.HookEnd,
}

func (h hook) String() string { return hookNames[h] }

// set is a set of hooks.
type set uint16

func setOf(hooks ...hook) (s set) {
	for _, h := range hooks {
		s |= 1 << h
	}
	return s
}

func (s set) has(h hook) bool { return s&(1<<h) != 0 }

// Where host functions may be called. Functions that read and edit documents are allowed everywhere.
var (
	inExchange = setOf(hookRequest, hookResponse, hookEvent, hookText, hookBody, hookEnd)
	inFlight   = setOf(hookRequest, hookResponse, hookEvent, hookText, hookBody) // the answer is not written yet
	inWork     = inExchange | setOf(hookConfigure)
)
