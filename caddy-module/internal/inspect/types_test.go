package inspect

import "testing"

func TestTypes(t *testing.T) {
	declared := map[string]string{}
	for _, n := range []string{"email", "ip_address", "mac_address", "cn_address", "cn_name", "total", "custom"} {
		declared["pii."+n] = "int"
	}
	ty := newTypes(declared)
	steps := []struct {
		placeholders []string
		counts       map[string]any
		want         []string
	}{
		{[]string{"<EMAIL_2345>", "<EMAIL_2346>"}, map[string]any{"pii.email": int64(2)}, []string{"email", "email"}},
		{[]string{"<ADDRESS_2345>", "<IP_2345>"}, map[string]any{"pii.cn_address": int64(1), "pii.ip_address": int64(1), "pii.total": int64(2)}, []string{"cn_address", "ip_address"}},
		{[]string{"<ADDRESS_2345>", "<MAC_2345>"}, map[string]any{"pii.cn_address": int64(1), "pii.mac_address": int64(1)}, []string{"cn_address", "mac_address"}},
		{[]string{"<PROJECT_X_2345>", "<NAME_2345>"}, map[string]any{"pii.custom": int64(1), "pii.cn_name": int64(1)}, []string{"project_x", "cn_name"}},
		{[]string{"****", "[EMAIL:aa]", ""}, nil, []string{"unknown", "unknown", "unknown"}},
	}
	for _, s := range steps {
		found := [][]Finding{nil, {}}
		for _, p := range s.placeholders {
			found[1] = append(found[1], Finding{Placeholder: p})
		}
		ty.name(found, s.counts)
		for i, f := range found[1] {
			if f.Type != s.want[i] {
				t.Errorf("%s: got %s, want %s", f.Placeholder, f.Type, s.want[i])
			}
		}
	}
}
