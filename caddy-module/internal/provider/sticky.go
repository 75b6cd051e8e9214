package provider

import (
	"fmt"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Sticky names what requests have in common that take the same lane.
type Sticky string

// What requests may have in common.
const (
	StickySession        Sticky = "session"          // the session that the client names
	StickyUser           Sticky = "user"             // the end user that the request names
	StickyKey            Sticky = "key"              // the gateway's key that the client has shown
	StickyPromptCacheKey Sticky = "prompt_cache_key" // the request's member of that name
)

func (s Sticky) check(b pool.Balance) error {
	switch {
	case b != pool.Sticky && s != "":
		return fmt.Errorf("sticky %q with another balance, expected balance sticky", string(s))
	case b != pool.Sticky:
		return nil
	}
	switch s {
	case StickySession, StickyUser, StickyKey, StickyPromptCacheKey:
		return nil
	}
	return fmt.Errorf("balance sticky sticks to %q, expected one of %s, %s, %s, %s", string(s), StickySession, StickyUser, StickyKey, StickyPromptCacheKey)
}
