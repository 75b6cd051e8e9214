package detect

// namesAlone adds names that no word announces, in texts that have personal data of another kind or a name: three characters that hardly are anything
// else between punctuation, blanks or the ends of a line, or beside one of these, and two behind a label.
func (s *Scanner) namesAlone() {
	if !s.types.Has(CNName) {
		return
	}
	personal := false
	for i := range s.spans {
		switch s.spans[i].Type {
		case CNName, Phone, CNResidentID, PaymentCard, DateOfBirth, CNPassport, TWID, HKID:
			personal = true
		}
	}
	if !personal {
		return
	}
	s.between(6, rankLikely, s.nameAlone)
}

// between adds the names that begin at a Chinese character outside of what was found: length gives the bytes of the one at a place, 0 for
// none, and is asked where at least least bytes follow.
func (s *Scanner) between(least int, r rank, length func(p int) int) {
	t := s.text
	s.roster.spans = s.roster.spans[:0]
	s.work += len(t)
	k := 0
	for i := 0; i+least <= len(t); {
		if k < len(s.spans) && i >= s.spans[k].Start {
			i = max(i, s.spans[k].End)
			k++
			continue
		}
		if t[i] < 0xE4 {
			i = pastASCII(t, i+1)
			continue
		}
		n := length(i)
		if n == 0 || k < len(s.spans) && i+n > s.spans[k].Start {
			i += 3
			continue
		}
		s.roster.spans = append(s.roster.spans, Span{i, i + n, CNName, r})
		i += n
	}
	if len(s.roster.spans) > 0 {
		s.mergeRoster()
	}
}

// bySound are characters that spell foreign names by their sound: what stands behind one of them is the rest of such a name.
var bySound = charactersOf("阿埃艾奥巴贝比布达丹德蒂迪杜俄厄恩法菲费弗甘格哈赫霍吉加贾杰卡凯坎科克肯库拉莱朗勒雷里利林卢鲁伦罗洛马玛迈麦曼梅蒙米莫姆穆纳奈尼诺努帕佩皮普奇乔切萨塞桑瑟沙圣史斯苏索塔泰坦特提图托瓦万威韦维温沃乌希西锡夏谢辛休雅亚伊因英尤约泽扎詹朱兹佐")

// pastASCII is where the next eight bytes from i on begin of which one is no ASCII, or that are not all there.
func pastASCII(t []byte, i int) int {
	for i+8 <= len(t) && load64(t, i)&highs == 0 {
		i += 8
	}
	return i
}

// nameAlone is the length of the name at p that nothing announces, or 0.
func (s *Scanner) nameAlone(p int) int {
	t := s.text
	r := han(t, p)
	if r < 0 || !surnames.has(r) || ordinary.has(r) || suits(han(t, p+3)) < 1 {
		return 0
	}
	open := edge(t, p)
	if !open && p >= 3 && bySound.has(han(t, p-3)) { // 法兰克福
		return 0
	}
	n := 9
	sum := suits(han(t, p+3)) + suits(han(t, p+6))
	if han(t, p+6) < 0 {
		if n = 6; suits(han(t, p+3)) < 2 || p < 3 || !has(t[p-3:], "：") {
			return 0
		}
	} else if shut := han(t, p+9) < 0; open && shut && sum < 3 || open != shut && sum < 4 || !open && !shut {
		return 0
	}
	if s.nameAt(p, perhaps) != n {
		return 0
	}
	return n
}
