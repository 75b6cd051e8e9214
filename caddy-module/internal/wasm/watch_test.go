package wasm

import (
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
)

func TestWatched(t *testing.T) {
	segs := []text.Segment{{Text: []byte("plain text")}, {Text: []byte("你好 <EMAIL_")}}
	for _, tc := range []struct {
		name string
		watched
		segs []text.Segment
		want bool
	}{
		{"all text", watched{}, segs[:1], true},
		{"none", watched{narrow: true}, segs, false},
		{"not in the first", watched{narrow: true, bytes: "<"}, segs[:1], false},
		{"in the second", watched{narrow: true, bytes: "<"}, segs, true},
		{"one of several", watched{narrow: true, bytes: "#<@"}, segs, true},
		{"none of several", watched{narrow: true, bytes: "#@"}, segs, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.by(tc.segs); got != tc.want {
				t.Errorf("got %t, want %t", got, tc.want)
			}
		})
	}
}
