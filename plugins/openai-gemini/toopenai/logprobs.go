package toopenai

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// maxLogprobs bounds the tokens of one logprobs object.
const maxLogprobs = 8192

// logprobs is Gemini's logprobsResult for OpenAI's logprobs object; 0 if that has no tokens. The numbers of
// tokens are lost: OpenAI does not tell them.
func logprobs(v longmen.Value) longmen.Value {
	b := add(output[:0], `{"topCandidates":[`)
	list := v.Get("content")
	n := 0
	for t := list.First(); t.Exists() && n < maxLogprobs; t = t.Next() {
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = add(b, `{"candidates":[`)
		i := 0
		for u := t.Get("top_logprobs").First(); u.Exists() && i < 20; u = u.Next() {
			if i++; i > 1 {
				b = append(b, ',')
			}
			b = appendToken(b, u)
		}
		b = add(b, `]}`)
	}
	if n == 0 {
		return 0
	}
	b = add(b, `],"chosenCandidates":[`)
	n = 0
	for t := list.First(); t.Exists() && n < maxLogprobs; t = t.Next() {
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = appendToken(b, t)
	}
	return parsed(add(b, `]}`))
}

func appendToken(dst []byte, v longmen.Value) []byte {
	dst = add(dst, `{"token":`)
	if token := v.Get("token"); token.Kind() == longmen.KindString {
		dst = token.AppendJSON(dst)
	} else {
		dst = add(dst, `""`)
	}
	dst = add(dst, `,"logProbability":`)
	if p := v.Get("logprob"); p.Kind() == longmen.KindNumber {
		dst = p.AppendJSON(dst)
	} else {
		dst = append(dst, '0')
	}
	return append(dst, '}')
}
