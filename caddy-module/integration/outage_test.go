package integration

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// TestStoreOutage: while the Redis server that gateways share their states in is away, or takes its time, the gateway serves on from what
// it knows itself, at once, says so, and shares again when the server is back.
func TestStoreOutage(t *testing.T) {
	server := redistest.Start(t)
	first, second := newMoody(t, 1, slowDown("Retry-After", "600", limitError)), newMoody(t, 0, nil)
	config := strings.Replace(endpoints(first, second, ""), "	llm_gateway {\n", "	llm_gateway {\n		store shared redis {\n			address "+server.Address+"\n		}\n		share_health shared\n", 1)
	c := start(t, config)
	lost := func() bool {
		var status []struct {
			ShareLost *time.Time `json:"share_lost"`
		}
		if err := json.Unmarshal([]byte(c.get("/llm_gateway/providers")), &status); err != nil {
			t.Fatal(err)
		}
		return status[0].ShareLost != nil
	}
	said := func(words string) int { return strings.Count(c.logged(), words) }
	const away, back = "store of share_health failed, this gateway goes by what it sees itself", "store of share_health is back"
	serves := func(when string) {
		t.Helper()
		const requests = 20
		before, _ := second.count()
		began := time.Now()
		c.served(requests)
		if took := time.Since(began); took > requests*time.Second/2 {
			t.Errorf("%s: %d requests took %v, though they need not wait for the store", when, requests, took)
		}
		if n, _ := first.count(); n != 1 {
			t.Errorf("%s: the endpoint that was told to wait for was asked %d times", when, n)
		}
		if n, _ := second.count(); n != before+requests {
			t.Errorf("%s: the other one got %d of %d requests", when, n-before, requests)
		}
	}
	again := func(times int) {
		t.Helper()
		eventually(t, "word that the store is back", func() bool { c.served(1); return said(back) == times && !lost() })
		serves("back")
	}

	serves("at first")
	eventually(t, "the state in the store", func() bool { return strings.Contains(string(server.Dump()), "pooled") })
	server.Stop()
	eventually(t, "word that the store is away", func() bool { c.served(1); return said(away) == 1 && lost() })
	serves("away")
	server.Again()
	again(1)
	if err := server.Client.ClientPause(t.Context(), 8*time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	serves("slow")
	eventually(t, "word that the store is slow", func() bool { c.served(1); return said(away) == 2 && lost() })
	serves("slow for long")
	again(2)
	if a := c.ask(chat("m", "hello", true)); a.status != http.StatusOK {
		t.Errorf("at the end: %d", a.status)
	}
}
