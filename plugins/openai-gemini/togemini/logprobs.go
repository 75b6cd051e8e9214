package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxLogprobs bounds the tokens of one logprobs object.
const maxLogprobs = 8192

// logprobs is OpenAI's logprobs object for a logprobsResult.
func logprobs(v longmen.Value) longmen.Value {
	b := add(output[:0], `{"content":[`)
	top := v.Get("topCandidates").First()
	i := 0
	for t := v.Get("chosenCandidates").First(); t.Exists() && i < maxLogprobs; t = t.Next() {
		if i++; i > 1 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = appendToken(b, t)
		b = add(b, `,"top_logprobs":[`)
		n := 0
		for u := top.Get("candidates").First(); u.Exists() && n < 20; u = u.Next() {
			if n++; n > 1 {
				b = append(b, ',')
			}
			b = append(b, '{')
			b = appendToken(b, u)
			b = append(b, '}')
		}
		b = add(b, `]}`)
		top = top.Next()
	}
	output = add(b, `],"refusal":null}`)
	return codec.Parsed(output)
}

// appendToken appends the members that a token has.
func appendToken(dst []byte, v longmen.Value) []byte {
	var token, probability longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "token":
			token = m
		case "logProbability":
			probability = m
		}
	}
	dst = add(dst, `"token":`)
	if token.Kind() == longmen.KindString {
		dst = token.AppendJSON(dst)
	} else {
		dst = add(dst, `""`)
	}
	dst = add(dst, `,"logprob":`)
	if probability.Kind() == longmen.KindNumber {
		dst = probability.AppendJSON(dst)
	} else {
		dst = append(dst, '0')
	}
	dst = add(dst, `,"bytes":[`)
	var buffer [256]byte
	for i, c := range token.Prefix(buffer[:]) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = addInt(dst, int64(c))
	}
	return append(dst, ']')
}
