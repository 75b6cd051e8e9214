package main

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestAnswer(t *testing.T) {
	p := longmentest.New(t, `{}`)
	if got, want := p.Chop("Hello, Zoë, 龙门!"), "HELLO, ZOË, 龙门!"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLeavesTheRest(t *testing.T) {
	p := longmentest.New(t, `{}`)
	if got := p.Text(longmen.PhaseRequest, longmentest.User("quiet")).Text[0]; got != "quiet" {
		t.Errorf("a request became %q", got)
	}
	arguments := longmen.Segment{Role: longmen.RoleAssistant, Kind: longmen.TextToolArgs, Path: "/city", Text: []byte("Berlin")}
	if got := p.Text(longmen.PhaseAnswer, arguments).Text[0]; got != "Berlin" {
		t.Errorf("a tool's argument became %q", got)
	}
}
