package detect

// announcedFor is how many bytes behind a trigger word of another script are held in a stream: a name with its punctuation.
const announcedFor = 30

// Announced is how many bytes at the end of b stand behind a word, not of Latin letters, that announces an entity: a name may be
// coming. It is 0 when the last such word is farther away than a name is long.
func Announced(b []byte) int {
	low := max(0, len(b)-2*announcedFor)
	best := 0
	for i := low; i+3 <= len(b); i++ {
		if b[i] < 0xE0 || b[i] > 0xEF {
			continue
		}
		r := uint16(b[i])<<12 | uint16(b[i+1]&0x3f)<<6 | uint16(b[i+2]&0x3f)
		if triggerFirst[r>>6]>>(r&63)&1 == 0 {
			continue
		}
		for _, w := range wideTriggers[r] {
			if e := i + len(w.word); e <= len(b) && string(b[i:e]) == w.word && len(b)-e <= announcedFor {
				best = max(best, len(b)-e)
			}
		}
	}
	return best
}
