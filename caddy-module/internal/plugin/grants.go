package plugin

import (
	"fmt"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// grants that a manifest may ask for.
var grants = []string{abi.GrantKV, abi.GrantHTTP, abi.GrantRecord, abi.GrantNER}

// Grants are what a Caddyfile allows one plugin beyond text and documents.
type Grants struct {
	// KV allows the plugin its own part of the key-value store.
	KV bool
	// HTTP lists the hosts that the plugin may call: host or host:port, "*." as the first label allowed.
	HTTP []string
	// HTTPPrivate allows hosts whose address is loopback, private or link-local.
	HTTPPrivate bool
	// Record lists the names of the sinks that the plugin may append to.
	Record []string
	// NER allows the plugin the recogniser of names that the Caddyfile describes.
	NER bool
}

// Has reports whether g gives grant.
func (g Grants) Has(grant string) bool {
	switch grant {
	case abi.GrantKV:
		return g.KV
	case abi.GrantHTTP:
		return len(g.HTTP) > 0
	case abi.GrantRecord:
		return len(g.Record) > 0
	case abi.GrantNER:
		return g.NER
	}
	return false
}

// CheckGrants judges g against what the plugin asks for: what it cannot work without has to be
// given, and nothing that it has no use for.
func (d *Description) CheckGrants(g Grants) error {
	for _, grant := range grants {
		switch has := g.Has(grant); {
		case d.Asks(grant) && !has:
			return fmt.Errorf("checking grants: plugin %s asks for %s, expected %q in its block", d.Name, grant, "grant "+grant+example[grant])
		case has && !d.Uses(grant):
			return fmt.Errorf("checking grants: plugin %s does not ask for %s, expected no such grant", d.Name, grant)
		}
	}
	if g.HTTPPrivate && !d.Uses(abi.GrantHTTP) {
		return fmt.Errorf("checking grants: plugin %s does not ask for %s, expected no grant of private addresses", d.Name, abi.GrantHTTP)
	}
	return nil
}

// example shows what follows the name of a grant in a Caddyfile.
var example = map[string]string{abi.GrantHTTP: " <host>", abi.GrantRecord: " <sink>", abi.GrantNER: " <url>"}
