package redact_test

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// TestLeaf: what only the name of its member tells of is found in arguments and results of tools, whose leaves
// come one by one.
func TestLeaf(t *testing.T) {
	for _, tt := range []struct{ path, text, want string }{
		{"/password", "Tr0ub4dor&3x", "<PASSWORD_>"},
		{"/users/0/db_password", "k9#Lm2pQ", "<PASSWORD_>"},
		{"/password", `a"b\c7!xQ2`, "<PASSWORD_>"},
		{"/password/1", "k9Lm2pQ8x", "<PASSWORD_>"},
		{"/身份证号/0", "11010519491231002X", "<CN_RESIDENT_ID_>"},
		{"/姓名", "张伟", "<NAME_>"},
		{"/mobile", "13812345678", "<PHONE_>"},
		{"/note", "write to jane@example.com, and then?", "write to <EMAIL_>, and then?"},
		{"/password", "write to jane@example.com, and then?", "write to <EMAIL_>, and then?"},
		{"/password", "", ""},
		{"/inner", `{"plate":"京A18224","rows":["jane@example.com"]}`, `{"plate":"<CN_LICENSE_PLATE_>","rows":["<EMAIL_>"]}`},
		{"/password_hint", "see the wiki", "see the wiki"},
		{"/0", "k9Lm2pQ8x", "k9Lm2pQ8x"},
		{"/order_no", "13812345678", "13812345678"},
		{"/secret", "true", "true"},
		{"/note", strings.Repeat("x ", 4<<10) + "jane@example.com", strings.Repeat("x ", 4<<10) + "<EMAIL_>"},
	} {
		p := longmentest.New(t, config)
		r := p.Text(longmen.PhaseRequest, longmen.Segment{Role: longmen.RoleAssistant, Kind: longmen.TextToolArgs, Final: true, Path: tt.path, Text: []byte(tt.text)})
		if got := tags.ReplaceAllString(r.Text[0], "_>"); r.Err != nil || got != tt.want {
			t.Errorf("%s %.60q: got %.60q, %v, want %.60q", tt.path, tt.text, got, r.Err, tt.want)
		}
	}
}
