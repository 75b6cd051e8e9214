package redact_test

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// produced is an answer in which a model writes personal data and secrets of its own.
const produced = "Sure: write to tom@corp.example or +44 20 7946 0958, card 4111 1111 1111 1111.\nThe password is Winter2024!x and the SSN is 536904399.\n联系人：王小明，手机13912345678。\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----\nThat is all, 1 < 2."

const masked = "Sure: write to ****@corp.example or +** ** **** 0958, card **** **** **** 1111.\nThe password is **** and the SSN is *****4399.\n联系人：****，手机*******5678。\n****\nThat is all, 1 < 2."

func TestAnswersAreMasked(t *testing.T) {
	p := longmentest.New(t, `{"answers":"mask","key":"a key for tests only"}`)
	if got := p.Text(longmen.PhaseAnswer, longmentest.Assistant(produced)).Text[0]; got != masked {
		t.Errorf("whole: got %q, want %q", got, masked)
	}
	if n := p.Attributes["answer.total"]; n != int64(8) {
		t.Errorf("answer.total is %v", n)
	}
	if n := p.Attributes["answer.secrets"]; n != int64(2) {
		t.Errorf("answer.secrets is %v", n)
	}
	if got := p.NewExchange().Chop(produced); got != masked {
		t.Errorf("streamed: got %q, want %q", got, masked)
	}
}

func TestAnswersKeepTheClientsOwn(t *testing.T) {
	p := longmentest.New(t, `{"answers":"mask","key":"a key for tests only"}`)
	got := edit(t, p.Exchange, letter)[0]
	if back := p.Chop(got + " and tom@corp.example, too"); back != letter+" and ****@corp.example, too" {
		t.Errorf("got %q", back)
	}
}

func TestAnswerModes(t *testing.T) {
	for _, c := range []struct{ config, want string }{
		{`{"answers":"detect"}`, "to tom@corp.example, 13912345678"},
		{`{"answers":"drop"}`, "to , "},
		{`{"answers":"mask","answers_detect":["contact"],"detect":["us_ssn"]}`, "to ****@corp.example, *******5678"},
		{`{"answers":"mask","answers_detect":["secret"]}`, "to tom@corp.example, 13912345678"},
	} {
		p := longmentest.New(t, c.config)
		if got := p.Chop("to tom@corp.example, 13912345678"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.config, got, c.want)
		}
	}
	p := longmentest.New(t, `{"answers":"block"}`)
	r := p.Text(longmen.PhaseAnswer, longmentest.Assistant("to tom@corp.example"))
	if r.Rejection == nil || r.Rejection.Code != "answer_blocked" || strings.Contains(r.Rejection.Message, "tom") {
		t.Errorf("got %+v", r)
	}
	if r := p.NewExchange().Text(longmen.PhaseAnswer, longmentest.Assistant("nothing here")); r.Rejection != nil {
		t.Errorf("refused: %+v", r.Rejection)
	}
}

func TestAnswersWaitForAWord(t *testing.T) {
	p := longmentest.New(t, `{"answers":"mask"}`)
	seg := longmen.Segment{Role: longmen.RoleAssistant, Streamed: true}
	for _, c := range []struct {
		text string
		held int
	}{
		{"an ordinary piece ", 0},
		{"an ordinary piece", 5},
		{"今天天气很好", 0},
		{"call 415 555", 7},
		{"in 2024 the ", 0},
		{"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0 ", 52},
		{strings.Repeat("x", 20000), 0},
	} {
		x := p.NewExchange()
		seg.Text = []byte(c.text)
		if r := x.Text(longmen.PhaseAnswer, seg); r.Err != nil || r.Held[0] != c.held {
			t.Errorf("%.40q: held %d, error %v; want %d", c.text, r.Held[0], r.Err, c.held)
		}
	}
}
