package ner

import "slices"

// toBytes turns offsets that count code points into such that count bytes. It is false when one lies outside of the text.
func toBytes(text string, list []Span) bool {
	ends := make([]*int, 0, 2*len(list))
	for i := range list {
		ends = append(ends, &list[i].Start, &list[i].End)
	}
	slices.SortFunc(ends, func(a, b *int) int {
		switch {
		case *a < *b:
			return -1
		case *a > *b:
			return 1
		}
		return 0
	})
	n := 0 // code points before the one at i
	for i := range text {
		for len(ends) > 0 && *ends[0] <= n {
			if *ends[0] < n { // below 0
				return false
			}
			*ends[0], ends = i, ends[1:]
		}
		if len(ends) == 0 {
			return true
		}
		n++
	}
	for len(ends) > 0 && *ends[0] == n {
		*ends[0], ends = len(text), ends[1:]
	}
	return len(ends) == 0
}
