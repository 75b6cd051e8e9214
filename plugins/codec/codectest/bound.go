package codectest

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// maxCalls bounds the calls into the gateway that a request may cost, however large it is.
const maxCalls = 700_000

// maxRefusal bounds what a refusal repeats of the request, in bytes.
const maxRefusal = 8192

// Served sends a large request with the attributes of set: it has to go on, without too many calls into the
// gateway.
func (c *Codec) Served(t *testing.T, set, client string) {
	t.Helper()
	if r := c.bounded(t, set, client); r.Err != nil || r.Rejection != nil {
		t.Errorf("got error %v, rejection %+v: want it served", r.Err, r.Rejection)
	}
}

// Refused sends a request of which something is too much: the client has to get a 400 whose param begins so,
// without too many calls into the gateway.
func (c *Codec) Refused(t *testing.T, set, client, param string) {
	t.Helper()
	r := c.bounded(t, set, client)
	if r.Err != nil || r.Rejection == nil {
		t.Fatalf("got error %v, rejection %v: want a 400", r.Err, r.Rejection)
	}
	if r.Rejection.Status != 400 || !strings.HasPrefix(r.Rejection.Param, param) {
		t.Errorf("got %d %q: want 400 at %q", r.Rejection.Status, r.Rejection.Param, param)
	}
	if n := len(r.Rejection.Message) + len(r.Rejection.Param); n > maxRefusal {
		t.Errorf("the message has %d bytes", n)
	}
}

func (c *Codec) bounded(t *testing.T, set, client string) (r longmentest.Result) {
	t.Helper()
	p := c.Open(t, set)
	calls := p.HostCalls(func() { r = p.Request(client) })
	if calls > maxCalls {
		t.Errorf("%d calls into the gateway", calls)
	}
	t.Logf("%d calls", calls)
	return r
}
