package detect

import (
	std64 "encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestLeftAlone: what looks like data and is none of anybody's.
func TestLeftAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	blob := std64.StdEncoding.EncodeToString(noise)
	s := New(All())
	for _, c := range []struct{ name, text string }{
		{"data uri", "![x](data:image/png;base64," + blob + ")"},
		{"data uri with a number in it", "data:image/png;base64,AAAA/13812345678/4111111111111111+11010519491231002X="},
		{"base64", blob},
		{"base64 in json", `{"data":"` + blob + `","n":1}`},
		{"masked", "138****5678 4111 **** **** 1111 ****@example.com sk-proj-**** [EMAIL:3f9a1c22d0b14e77]"},
		{"placeholders", "<EMAIL_7Q2K> <PHONE_2345ABCD> EMAIL_7Q2K <CN_RESIDENT_ID_22334455> [US_SSN_23456789]"},
		{"variables", "${EMAIL} {{phone}} %(card)s $PASSWORD <password> {{ secrets.TOKEN_1 }}"},
		{"uuids", "id=550e8400-e29b-41d4-a716-446655440000 trace 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		{"versions", "v1.22.333 go1.26.8 4.18.0-553.el8.x86_64 node@20.11.1 CVE-2024-12345 RFC 7519 ISO 8601:2004"},
		{"dates", "2024-05-06T07:08:09.123456Z 2024/05/06 07:08 06.05.2024 20240506 1715000000 1715000000123"},
		{"digests", "sha256:" + strings.Repeat("0123456789abcdef", 4) + " d41d8cd98f00b204e9800998ecf8427e W/\"5f-18d\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, sp := range s.Scan([]byte(c.text)) {
				t.Errorf("found %s %q", sp.Type, c.text[sp.Start:sp.End])
			}
		})
	}
}

// TestOverlaps: of two that overlap one is reported.
func TestOverlaps(t *testing.T) {
	s := New(All())
	for _, c := range []struct{ text, want string }{
		{"password: jane@example.com1!", "password jane@example.com1!"},
		{"postgres://jane:pw12345@mail.example.com/db", "connection_string postgres://jane:pw12345@mail.example.com/db"},
		{"13800138000@example.com", "email 13800138000@example.com"},
		{"password: 13812345678", "password 13812345678"},
	} {
		var got []string
		for _, sp := range s.Scan([]byte(c.text)) {
			got = append(got, sp.Type.String()+" "+c.text[sp.Start:sp.End])
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%q: got %q, want %q", c.text, g, c.want)
		}
	}
}

// TestColumns: the header of a table names the numbers of its columns.
func TestColumns(t *testing.T) {
	s := New(All())
	for _, c := range []struct {
		text string
		n    int
	}{
		{"name,ssn,city\nAda,536904399,Leeds\nBob,536904398,York\n", 2},
		{"name\tssn\tcity\nAda\t536904399\tLeeds\n", 1},
		{"| name | SSN |\n|---|---|\n| Ada | 536904399 |", 1},
		{"id;社会安全号;城市\n1;536904399;Leeds", 1},
		{"name,order,city\nAda,536904399,Leeds\n", 0},
		{"ssn,order\n1,536904399\n", 0},
		{"name,ssn\n\nAda,536904399,Leeds", 0},
	} {
		n := 0
		for _, sp := range s.Scan([]byte(c.text)) {
			if sp.Type == USSSN {
				n++
			}
		}
		if n != c.n {
			t.Errorf("%q: %d found, want %d", c.text, n, c.n)
		}
	}
}

// TestHalfLetter: the words before a number are read up to a place that may be in the middle of a letter.
func TestHalfLetter(t *testing.T) {
	s := New(All())
	for n := range 80 {
		text := "é" + strings.Repeat("x", n) + " 13812345678 и 078-05-1120"
		if got := s.Scan([]byte(text)); len(got) == 0 {
			t.Errorf("%q: nothing found", text)
		}
		s.Scan([]byte(strings.Repeat("é", 20) + strings.Repeat(" ", n) + "13812345678"))
	}
}
