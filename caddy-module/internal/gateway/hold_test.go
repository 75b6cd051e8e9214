package gateway

import (
	"net/http"
	"strings"
	"testing"
)

// TestNothingWaits: text in which no placeholder of the exchange can begin leaves with the event it came in, byte for
// byte, though the request had placeholders: words without a bracket, and brackets that are none of theirs.
func TestNothingWaits(t *testing.T) {
	for _, dialect := range dialects {
		for name, s := range map[string]speech{
			"no bracket": {"EMAIL_ is what PHONE_ [EMAIL_7Q2K] asks", "EMAIL_7Q2K, &lt;EMAIL_7Q2K&gt;, a > b. 12 34, 4111", []call{{"f", `{"EMAIL_":["x > y",{"z":"\"\\"}]}`}}},
			"brackets":   {"a <= b <- c < d <b>", "if a < b {<html>} <<EOF <email_7q2k> <NAME> <XYZ_2345>. << 1 <é", []call{{"f", `{"<a>":["a <b> c","1 < 2 "]}`}}},
		} {
			t.Run(dialect+" "+name, func(t *testing.T) {
				pieces := s.stream(dialect)
				if name == "brackets" { // at the end of a piece a bracket may begin one
					for i, p := range pieces {
						pieces[i] = strings.NewReplacer(`<"`, `< "`, `<E"`, `<E "`, `<N"`, `<N "`, `<NA"`, `<NA "`, `<NAM"`, `<NAM "`, `<NAME"`, `<NAME "`).Replace(p)
					}
				}
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(dialect, pieces...) }}
				g, _ := gatewayOf(t, upstreamOf(t, "up", dialect, u), named(t, "redact", ""))
				w := post(g, clientOf(dialect).path, conversation(dialect))
				if want := strings.Join(pieces, ""); w.Body.String() != want {
					t.Errorf("%s", diff(w.Body.String(), want))
				}
			})
		}
	}
}
