package longmentest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestRecogniser(t *testing.T) {
	names := longmentest.Words(map[string]string{"Jörg": "PERSON", "Jörg Lee": "PERSON", "Bonn": "LOCATION"})
	p := longmentest.New(t, ``, longmentest.Named("services"), longmentest.Recogniser(names))
	ask := func() longmentest.Result {
		return p.Text(longmen.PhaseRequest, longmentest.User("Hi Jörg Lee!"), longmentest.User("nobody"), longmentest.User("Jörg in Bonn"))
	}
	if r := ask(); r.Err != nil || strings.Join(r.Text, "|") != "Hi <PERSON>!|nobody|<PERSON> in <LOCATION>" {
		t.Errorf("got %q, %v", r.Text, r.Err)
	}
	for _, c := range []struct {
		err  error
		want string
	}{{errors.New("down"), "ner: the service failed"}, {longmentest.ErrBudget, "ner: a limit would be passed"}} {
		p.NER = func(string, string) ([]longmen.Entity, error) { return nil, c.err }
		if r := ask(); r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
			t.Errorf("got %v, want %s", r.Err, c.want)
		}
	}
	p.NER = func(text, lang string) ([]longmen.Entity, error) {
		if lang != "en" {
			t.Errorf("language %q", lang)
		}
		return nil, nil
	}
	if r := p.Text(longmen.PhaseRequest, longmentest.User(strings.Repeat("x", 4<<20+1))); r.Err == nil || !strings.Contains(r.Err.Error(), "limit") {
		t.Errorf("too much text: %v", r.Err)
	}
	ask()

	without := longmentest.New(t, ``, longmentest.Named("services"))
	if r := without.Text(longmen.PhaseRequest, longmentest.User("Jörg")); r.Err != nil || r.Text[0] != "Jörg" {
		t.Errorf("without the grant: %q, %v", r.Text, r.Err)
	}
}
