package detect

// seldom has for each letter a bit for each one that hardly ever follows it in a word: in fewer than one of 2,500 pairs of letters of
// documentation in English.
var seldom = [26]uint32{
	0x2814211, 0x3e9b6ee, 0x2e1b26a, 0x3e9b6a6, 0x2000200, 0x3e5b6ce, 0x3e9962e, 0x2e5beee, 0x1510380, 0x3efbfee, 0x3fbbeee, 0x2c336c6, 0x3eb26ec,
	0x2c31282, 0x2810280, 0x2e1366e, 0x3efffff, 0x2c10280, 0x2e3026a, 0x2a1266a, 0x3f14680, 0x3ffbeee, 0x3f99e6e, 0x3f77eeb, 0x3fb1eee, 0x3fffeee,
}

// scrambled tells letters at random from words: a third of them hardly ever follow the one before.
func scrambled(v []byte) bool {
	n, pairs := 0, 0
	for i := 1; i < len(v); i++ {
		if class[v[i]]&class[v[i-1]]&(isUpper|isLower) != 0 {
			pairs++
			n += int(seldom[lower(v[i-1])-'a'] >> (lower(v[i]) - 'a') & 1)
		}
	}
	return len(v) >= 10 && n*3 >= pairs && n > 3
}
