package detect

// samples are what stands in documentation in place of a secret.
var samples = [...]string{"your", "changeme", "change_me", "change-me", "placeholder", "redacted", "filtered", "xxxx", "_here", "-here", "insert", "replace", "dummy", "examplekey", "exampletoken", "notreal", "not-a-real", "<"}

// weakSamples are so only in a token or key, which is random: a password may well be Example99!.
var weakSamples = [...]string{"example", "sample", "default", "fake", "mock", "my_", "my-", "test_", "test-", "todo", "secret", "password", "token", "apikey", "api_key", "privatekey", "secretkey", "accesskey", "access-key", "encryptionkey", "aws4_request"}

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

// wordy tells a name made of words from random characters: three of them at least, of a capital or small letters with a vowel, make up most of it.
func wordy(v []byte) bool {
	words, in := 0, 0
	for i := 0; i < len(v); {
		if class[v[i]]&isAlpha == 0 {
			i++
			continue
		}
		j, vowel := i, false
		for j < len(v) && class[v[j]]&isAlpha != 0 && (j == i || class[v[j]]&isLower != 0) {
			vowel = vowel || oneOf(lower(v[j]), "aeiouy")
			j++
		}
		if j-i > 2 && vowel {
			words++
			in += j - i
		}
		i = j
	}
	return words > 2 && in*4 >= len(v)*3
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
