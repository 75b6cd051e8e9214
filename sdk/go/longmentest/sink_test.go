package longmentest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestSinks(t *testing.T) {
	p := longmentest.New(t, ``, longmentest.Named("services"), longmentest.Sinks(func(string) error { return longmentest.ErrNoSink }))
	full := errors.New("full")
	for _, tt := range []struct {
		answer func(string) error
		want   string
		fails  bool
	}{
		{p.Sinks, `{"do":"sink","granted":false,"ready":false}`, true},
		{func(string) error { return full }, `{"do":"sink","granted":true,"ready":false}`, true},
		{func(string) error { return nil }, `{"do":"sink","granted":true,"ready":true}`, false},
		{nil, `{"do":"sink","granted":true,"ready":true}`, false},
	} {
		p.Sinks = tt.answer
		if r := p.Request(`{"do":"sink"}`); r.Err != nil || r.JSON != tt.want {
			t.Errorf("got %s, %v; want %s", r.JSON, r.Err, tt.want)
		}
		if r := p.Request(`{"do":"record","v":1}`); (r.Err != nil) != tt.fails {
			t.Errorf("record: got %v, want an error: %v", r.Err, tt.fails)
		}
	}
	if r := p.Request(`{"do":"record"}`); r.Err == nil {
		t.Error("a value that does not exist was recorded")
	}
	if got := p.Records("s"); !slices.Equal(got, []string{"1", "1"}) {
		t.Errorf("got %q, want two records", got)
	}
}
