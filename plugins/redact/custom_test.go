package redact_test

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const customConfig = `{"key":"a key for tests only","detect":["email"],"custom":{
"staff_no":{"patterns":["EMP-#{6}"],"test":["ask EMP-123456"],"test_not":["EMP-12345"],"mode":"mask"},
"codename":{"words":["Blue Heron","青龙计划"],"test":["the blue heron","关于青龙计划"],"test_not":["herons"]},
"badge":{"patterns":["#{7}"],"context":["badge","工牌"],"test":["badge 1234567"],"test_not":["order 1234567"],"mode":"drop"}}}`

func TestCustomDetectors(t *testing.T) {
	p := longmentest.New(t, customConfig)
	const text = "EMP-123456 on Blue Heron, badge 7654321, write to a@example.com"
	got := edit(t, p.Exchange, text)[0]
	if !strings.HasPrefix(got, "EMP-**3456 on <CODENAME_") && !strings.HasPrefix(got, "****") || strings.Contains(got, "Heron") || strings.Contains(got, "7654321") {
		t.Errorf("got %q", got)
	}
	if p.Attributes["pii.custom"] != int64(3) || p.Attributes["pii.total"] != int64(4) {
		t.Errorf("attributes: %v", p.Attributes)
	}
	if back := p.Chop(got); !strings.Contains(back, "Blue Heron") || strings.Contains(back, "7654321") {
		t.Errorf("restored %q", back)
	}
	if got := edit(t, p.NewExchange(), "关于青龙计划的报告")[0]; strings.Contains(got, "青龙") {
		t.Errorf("got %q", got)
	}
}

func TestCustomTestsAreRun(t *testing.T) {
	for _, c := range []struct{ detector, want string }{
		{`"x":{"words":["heron"],"test":["a crane"],"test_not":["b"]}`, "nothing was found"},
		{`"x":{"words":["heron"],"test":["a heron"],"test_not":["two heron"]}`, "something was found"},
		{`"x":{"words":["heron"],"test":["a heron"],"test_not":[]}`, "at least"},
		{`"x":{"words":["heron"],"test":[],"test_not":["b"]}`, "at least"},
		{`"x":{"test":["a"],"test_not":["b"]}`, "words or patterns"},
		{`"x":{"patterns":["[0-9]+"],"test":["1"],"test_not":["b"]}`, "[0-9]+"},
		{`"email":{"words":["heron"],"test":["heron"],"test_not":["b"]}`, "built-in"},
		{`"X y":{"words":["heron"],"test":["heron"],"test_not":["b"]}`, "name"},
	} {
		err := longmentest.ConfigError(t, `{"custom":{`+c.detector+`}}`)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to say %q", c.detector, err, c.want)
		}
	}
}
