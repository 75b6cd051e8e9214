package detect

// samples are what stands in documentation in place of a secret.
var samples = [...]string{"your", "changeme", "change_me", "change-me", "placeholder", "redacted", "filtered", "xxxx", "_here", "-here", "insert", "replace", "dummy", "examplekey", "exampletoken", "notreal", "not-a-real", "<"}

// weakSamples are so only in a token or key, which is random: a password may well be Example99!.
var weakSamples = [...]string{"example", "sample", "default", "fake", "mock", "my_", "my-", "test_", "test-", "todo", "secret", "password", "token", "apikey", "api_key"}

// sampled tells whether v stands for a secret in documentation.
func sampled(v []byte) bool { return containsAny(v, samples[:]) }

func containsAny(v []byte, list []string) bool {
	for i := range v {
		c := lower(v[i])
		for _, w := range list {
			if c == w[0] && i+len(w) <= len(v) && foldEqual(v[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// jumbled tells letters at random from words: capitals and others change at two of five places, or at one of four and consonants
// stand in a row as in no word.
func jumbled(v []byte) bool {
	changes, row, longest := 0, 0, 0
	for i, c := range v {
		if i > 0 && (class[c]^class[v[i-1]])&isUpper != 0 {
			changes++
		}
		if row++; oneOf(lower(c), "aeiouy") {
			row = 0
		}
		longest = max(longest, row)
	}
	return len(v) >= 10 && (changes*5 >= len(v)*2 || changes*4 >= len(v) && longest > 3)
}

// scattered tells random characters from words: kinds of letters and digits change at a third of the places, as they
// do not in identifiers.
func scattered(v []byte) bool {
	changes := 0
	var last uint8
	for _, c := range v {
		k := class[c] & (isUpper | isLower | isDigit)
		if k != last {
			changes++
		}
		last = k
	}
	return len(v) >= 12 && changes*3 >= len(v)
}
