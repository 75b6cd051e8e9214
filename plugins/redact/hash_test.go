package redact_test

import (
	"regexp"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestHash(t *testing.T) {
	p := longmentest.New(t, `{"mode":"hash","key":"a key for tests only"}`)
	hash := regexp.MustCompile(`^\[PHONE:([0-9a-f]{16})\] (\[PHONE:[0-9a-f]{16}\])$`)
	got := edit(t, p.Exchange, "13812345678 +86 138 1234 5678")[0]
	m := hash.FindStringSubmatch(got)
	if m == nil || "[PHONE:"+m[1]+"]" != m[2] {
		t.Fatalf("got %q, want the same hash twice", got)
	}
	if p.State() != "{}" && p.State() != "" {
		t.Errorf("state is %s: nothing may be kept", p.State())
	}
	if back := p.Chop(got); back != got {
		t.Errorf("restored %q", back)
	}
	if again := edit(t, p.NewExchange(), got)[0]; again != got {
		t.Errorf("a hash was found again: %q", again)
	}
	other := longmentest.New(t, `{"mode":"hash","key":"another key for tests"}`)
	if g := edit(t, other.Exchange, "13812345678 +86 138 1234 5678")[0]; g == got {
		t.Error("another key gives the same hash")
	}
}
