package clients

import (
	"context"
	"net/http"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// TestKeys: who has no key of the gateway's is told so in the SDK's own error.
func TestKeys(t *testing.T) {
	g := gateway.Start(t, "\t\tprovider demo", site("\t\tauth keys another-key\n\t\troute {\n\t\t\tto demo\n\t\t}"))
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			h := &headers{}
			_, err := c.dial(g.URL, h)(question{model: "demo", text: "hello"}).next(context.Background())
			got := c.fault(err)
			if got == nil || got.status != 401 || got.kind != c.kinds[401].kind {
				t.Errorf("error = %v, want the SDK's 401 %s", err, c.kinds[401].kind)
			}
		})
	}
}

// TestOwnKeys: each SDK's way to present a key is understood.
func TestOwnKeys(t *testing.T) {
	g := gateway.Start(t, "\t\tprovider demo", site("\t\tauth keys client-key\n\t\troute {\n\t\t\tto demo\n\t\t}"))
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.dial(g.URL, http.DefaultTransport)(question{model: "demo", text: "hello"}).next(context.Background())
			if err != nil || a.text != "You said: hello" {
				t.Errorf("got %q, %v", a.text, err)
			}
		})
	}
}
