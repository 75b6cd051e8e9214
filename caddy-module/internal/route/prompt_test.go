package route

import "testing"

func TestMeasure(t *testing.T) {
	tests := []struct {
		name     string
		texts    []string
		chars    int
		tokens   int
		language string
	}{
		{"nothing", nil, 0, 0, "other"},
		{"digits", []string{"12345"}, 5, 2, "other"},
		{"english", []string{"Hello, world"}, 12, 3, "en"},
		{"two texts", []string{"Hell", "o"}, 5, 2, "en"},
		{"accents", []string{"déjà vu"}, 7, 3, "en"},
		{"chinese", []string{"你好,世界"}, 5, 5, "zh"},
		{"chinese with english words", []string{"请用 Python 写一个快速排序"}, 17, 11, "zh"},
		{"japanese", []string{"日本語を話します。"}, 9, 9, "ja"},
		{"korean", []string{"안녕하세요"}, 5, 5, "ko"},
		{"russian", []string{"Привет, мир"}, 11, 6, "ru"},
		{"arabic", []string{"مرحبا"}, 5, 3, "ar"},
		{"emoji", []string{"🙂🙂"}, 2, 1, "other"},
		{"not UTF-8", []string{"a\xff\xfeb"}, 4, 2, "en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m measure
			for _, text := range tt.texts {
				m.add([]byte(text))
			}
			if m.chars != tt.chars || m.tokens() != tt.tokens || m.language() != tt.language {
				t.Errorf("got %d chars, %d tokens, %s; want %d, %d, %s", m.chars, m.tokens(), m.language(), tt.chars, tt.tokens, tt.language)
			}
		})
	}
}
